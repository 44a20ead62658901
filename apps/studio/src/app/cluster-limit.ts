/** Most clusters that the page offers; the command line makes more. */
export const MOST_CLUSTERS = 32;
