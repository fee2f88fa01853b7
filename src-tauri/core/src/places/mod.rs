//! Owns where keys are used on this computer. Filled when clients are.
