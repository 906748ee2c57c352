/**
 * The HCL2 language: lexer, parser, syntax tree with source ranges, values, types, evaluator and decoding of bodies.
 * Pure: no I/O, clock, thread or randomness; functions that need those are handed in through {@link muster.hcl.Scope}.
 * Any module that reads configuration or job files may call it; it knows nothing of Muster.
 */
package muster.hcl;
