/**
 * The forms in which the original tools, written in Go, put things on the wire: JSON, durations, times, quoted text.
 * Pure; nothing above it. Anyone may call it.
 */
package muster.wire;
