/** `npx tsx scripts/generate-client.ts`: writes the types of the service's client from what the built service says of itself. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clientTypes } from "./client-types.ts";

writeFileSync(fileURLToPath(new URL("../apps/server/src/client/api.ts", import.meta.url)), await clientTypes());
