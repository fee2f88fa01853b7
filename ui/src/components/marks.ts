// Owns the names of the shapes that tell states apart. StateMark draws them.

/** A shape. */
export type Mark = "disc" | "ring" | "part" | "diamond" | "struck" | "mark" | "dashed";
