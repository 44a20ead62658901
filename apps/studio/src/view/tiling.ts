/** How a picture is cut into tiles of one size, the layers of a texture. */
import type { Rect } from "../session/scene.ts";
import type { Extent } from "./camera.ts";

/** Tiles by row, the upper left first. */
export interface Tiling {
	/** The picture. */
	readonly width: number;
	readonly height: number;
	/** Pixels that belong to a tile. Those at the right and lower edge may have fewer. */
	readonly innerWidth: number;
	readonly innerHeight: number;
	readonly columns: number;
	readonly rows: number;
	/** Pixels of the neighbours around those, for filters. */
	readonly apron: number;
	/** A tile with its apron. */
	readonly tileWidth: number;
	readonly tileHeight: number;
}

/**
 * Cut a picture into as few tiles as possible, all of one size.
 *
 * @param maxTile the greatest side of a tile.
 * @param apron   pixels of the neighbours that a tile has around its own; none if there is one tile alone.
 */
export function tilePicture({ width, height }: Extent, maxTile: number, apron: number): Tiling {
	if (width <= maxTile && height <= maxTile) {
		return {
			width,
			height,
			innerWidth: width,
			innerHeight: height,
			columns: 1,
			rows: 1,
			apron: 0,
			tileWidth: width,
			tileHeight: height,
		};
	}
	const columns = Math.ceil(width / (maxTile - 2 * apron));
	const rows = Math.ceil(height / (maxTile - 2 * apron));
	const innerWidth = Math.ceil(width / columns);
	const innerHeight = Math.ceil(height / rows);
	return {
		width,
		height,
		innerWidth,
		innerHeight,
		columns,
		rows,
		apron,
		tileWidth: innerWidth + 2 * apron,
		tileHeight: innerHeight + 2 * apron,
	};
}

/** A rectangle of the picture that one tile has. */
export interface TileCopy {
	readonly tile: number;
	/** Where it begins in the tile. */
	readonly x: number;
	readonly y: number;
	/** What it is of the picture. */
	readonly source: Rect;
}

/** The parts of a rectangle of the picture that tiles have, aprons included. */
export function tileCopies(tiling: Tiling, rect: Rect): TileCopy[] {
	const across = spans(rect.x, rect.width, tiling.innerWidth, tiling.columns, tiling.apron);
	const down = spans(rect.y, rect.height, tiling.innerHeight, tiling.rows, tiling.apron);
	return down.flatMap((row) =>
		across.map((column) => ({
			tile: row.index * tiling.columns + column.index,
			x: column.offset,
			y: row.offset,
			source: { x: column.begin, y: row.begin, width: column.end - column.begin, height: row.end - row.begin },
		})),
	);
}

interface Span {
	readonly index: number;
	readonly begin: number;
	readonly end: number;
	/** Where it begins in the tile. */
	readonly offset: number;
}

function spans(begin: number, length: number, inner: number, count: number, apron: number): Span[] {
	const found: Span[] = [];
	for (let index = 0; index < count; index++) {
		const first = Math.max(begin, index * inner - apron);
		const end = Math.min(begin + length, (index + 1) * inner + apron);
		if (first < end) {
			found.push({ index, begin: first, end, offset: first - index * inner + apron });
		}
	}
	return found;
}
