/** dinoseg for programs: the pipeline of `@dinoseg/core` and its Node runtime, in one import. */
export * from "@dinoseg/core";
export * from "@dinoseg/node";
