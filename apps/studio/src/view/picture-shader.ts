/**
 * The shaders of the picture. A pixel of the screen asks for the parts at four corners around it: where they are one,
 * as nearly everywhere, it has the colour of one segment; else a mean, and there may be a line.
 *
 * Colours are premultiplied. Software renders this as well, so every fetch counts.
 */

/** A triangle that covers all. */
export const COVER_VERTEX_SHADER = `#version 300 es
void main() {
	gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/**
 * What a frame needs of the shader: what it does not need takes time even if it is skipped.
 *
 * `TILED`: a texture has more tiles than one. `GROUND`: an image, no checkerboard. `LAYER`, `SEGMENTS`, `SELECTION`: there
 * are some. `GRID`: lines between the pixels of the picture.
 */
export type ShaderFeature = "TILED" | "GROUND" | "LAYER" | "SEGMENTS" | "SELECTION" | "GRID";

/** The shader of frames with some features. */
export function pictureFragmentShader(features: readonly ShaderFeature[]): string {
	const defines = features.map((feature) => `#define ${feature}\n`);
	return `#version 300 es\n${defines.join("")}${FRAGMENT_SHADER}`;
}

const FRAGMENT_SHADER = `
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler2DArray;
precision highp usampler2D;
precision highp usampler2DArray;

const uint NOTHING = 1u << 16;
const uint SELECTED = 1u << 17;
const uint HOVERED = 1u << 18;

// Pixels of the picture at the lower left corner of the framebuffer, and for a step to the right and upwards.
uniform vec2 uOrigin;
uniform vec2 uStep;
uniform ivec2 uSize;
// Left of it, pixels of the screen, nothing lies over the ground.
uniform float uWipe;

uniform sampler2DArray uGround;
uniform vec2 uGroundScale;
uniform vec2 uGroundSize;
uniform ivec4 uGroundTiles;
// Pixels of the screen that a field of the checkerboard is wide.
uniform float uChecker;
// How wide a line between pixels is, pixels of the picture.
uniform float uGrid;

uniform float uLayerOpacity;
uniform bool uIsLayerGrey;
uniform sampler2DArray uLayer;
uniform vec2 uLayerScale;
uniform vec2 uLayerSize;
uniform ivec4 uLayerTiles;
uniform sampler2D uColorMap;

uniform usampler2DArray uParts;
uniform ivec4 uPartsTiles;
uniform usampler2D uLooks;
uniform float uFill;
uniform float uHoverFill;
uniform float uOutlines;
// How far the corners lie, pixels of the picture: of a line, and of the light rim of a selection.
uniform float uReach;
uniform float uRimReach;

out vec4 oColor;

// Tiles: width, height, columns, apron.
vec4 imageAt(sampler2DArray image, vec2 at, vec2 size, ivec4 tiles) {
	at = clamp(at, vec2(0.5), size - 0.5);
#ifdef TILED
	ivec2 tile = ivec2(at) / tiles.xy;
	vec2 inTile = at - vec2(tile * tiles.xy) + float(tiles.w);
	vec2 tileSize = vec2(textureSize(image, 0).xy);
	return textureLod(image, vec3(inTile / tileSize, float(tile.y * tiles.z + tile.x)), 0.0);
#else
	return textureLod(image, vec3(at / size, 0.0), 0.0);
#endif
}

uint partAt(int x, int y) {
#ifdef TILED
	ivec2 at = ivec2(x, y);
	ivec2 tile = at / uPartsTiles.xy;
	return texelFetch(uParts, ivec3(at - tile * uPartsTiles.xy, tile.y * uPartsTiles.z + tile.x), 0).r;
#else
	return texelFetch(uParts, ivec3(x, y, 0), 0).r;
#endif
}

uvec2 lookOf(uint part) {
	return texelFetch(uLooks, ivec2(part & 255u, part >> 8), 0).rg;
}

vec3 colorOf(uvec2 look) {
	return vec3(look.y & 255u, (look.y >> 8) & 255u, (look.y >> 16) & 255u) / 255.0;
}

float fillOf(uvec2 look) {
	return (look.x & NOTHING) != 0u ? 0.0 : (look.x & HOVERED) != 0u ? uHoverFill : uFill;
}

bvec4 areSelected(uint a, uint b, uint c, uint d) {
	return notEqual(uvec4(a, b, c, d) & SELECTED, uvec4(0u));
}

#ifdef SELECTION
// A dark line around what is selected, with a light rim on both sides.
vec3 outlineSelection(vec2 at, vec3 rgb, uint part, uvec2 look, bool isLine) {
	if (isLine) {
		return vec3(0.08);
	}
	ivec2 low = ivec2(max(at - uRimReach, 0.0));
	ivec2 high = ivec2(min(at + uRimReach, vec2(uSize) - 0.5));
	uint a = partAt(low.x, low.y);
	uint b = partAt(high.x, low.y);
	uint c = partAt(low.x, high.y);
	uint d = partAt(high.x, high.y);
	if (a == part && b == part && c == part && d == part) {
		return rgb;
	}
	bvec4 corners = areSelected(lookOf(a).x, lookOf(b).x, lookOf(c).x, lookOf(d).x);
	bool isCentre = (look.x & SELECTED) != 0u;
	return any(notEqual(corners, bvec4(isCentre))) ? vec3(1.0) : rgb;
}
#endif

vec3 paintSegments(vec2 at, vec3 rgb) {
	ivec2 low = ivec2(max(at - uReach, 0.0));
	ivec2 high = ivec2(min(at + uReach, vec2(uSize) - 0.5));
	uint a = partAt(low.x, low.y);
	uint b = partAt(high.x, low.y);
	uint c = partAt(low.x, high.y);
	uint d = partAt(high.x, high.y);
	// Nearly never do more than two parts meet. A branch for borders would cost more than to treat all as one.
	uint other = d != a ? d : b != a ? b : c;
	uvec2 look = lookOf(a);
	uvec2 otherLook = lookOf(other);
	bvec2 areThird = bvec2(b != a && b != other, c != a && c != other);
	if (any(areThird) && otherLook.x == look.x) {
		otherLook = lookOf(areThird.x ? b : c);
	}
	float share = 0.25 * dot(vec3(notEqual(uvec3(b, c, d), uvec3(a))), vec3(1.0));
	vec3 color = colorOf(look);
	vec3 otherColor = colorOf(otherLook);
	vec2 shares = vec2(1.0 - share, share);
	vec2 fills = shares * vec2(fillOf(look), fillOf(otherLook));
	rgb = rgb * (1.0 - fills.x - fills.y) + color * fills.x + otherColor * fills.y;
	bool isLine = look.x != otherLook.x;
	if (isLine) {
		vec2 seen = shares * vec2(equal(uvec2(look.x, otherLook.x) & NOTHING, uvec2(0u)));
		vec3 line = (color * seen.x + otherColor * seen.y) / (seen.x + seen.y);
		// Darker where the colours around are strong.
		rgb = mix(rgb, line * (1.0 - 0.5 * uFill), uOutlines);
	}
#ifdef SELECTION
	rgb = outlineSelection(at, rgb, a, look, isLine && ((look.x ^ otherLook.x) & SELECTED) != 0u);
#endif
	return rgb;
}

void main() {
	vec2 at = uOrigin + gl_FragCoord.xy * uStep;
	if (at.x < 0.0 || at.y < 0.0 || at.x >= float(uSize.x) || at.y >= float(uSize.y)) {
		oColor = vec4(0.0);
		return;
	}
#ifdef GROUND
	vec3 rgb = imageAt(uGround, at * uGroundScale, uGroundSize, uGroundTiles).rgb;
#else
	ivec2 field = ivec2(gl_FragCoord.xy / uChecker);
	vec3 rgb = vec3(((field.x ^ field.y) & 1) == 0 ? 0.46 : 0.54);
#endif
	if (gl_FragCoord.x >= uWipe) {
#ifdef LAYER
		vec4 value = imageAt(uLayer, at * uLayerScale, uLayerSize, uLayerTiles);
		vec4 color = uIsLayerGrey ? texelFetch(uColorMap, ivec2(int(value.r * 255.0 + 0.5), 0), 0) : vec4(value.rgb, 1.0);
		rgb = mix(rgb, color.rgb, color.a * uLayerOpacity);
#endif
#ifdef SEGMENTS
		rgb = paintSegments(at, rgb);
#endif
	}
#ifdef GRID
	if (any(lessThan(fract(at), vec2(uGrid)))) {
		rgb = mix(rgb, vec3(dot(rgb, vec3(0.333)) > 0.5 ? 0.0 : 1.0), 0.15);
	}
#endif
	oColor = vec4(rgb, 1.0);
}`;
