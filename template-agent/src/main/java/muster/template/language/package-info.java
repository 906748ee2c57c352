/**
 * The Go template language: source text to syntax tree to output, with Go's value semantics, printing and error texts.
 * Pure: no I/O, clock, thread or randomness; templates and values are immutable and may be shared by threads.
 * Anyone may call it; it knows nothing of registries or files.
 */
package muster.template.language;
