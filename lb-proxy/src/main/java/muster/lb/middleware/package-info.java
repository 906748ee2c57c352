/**
 * What a router does to a request before it is forwarded and to the answer after: one visible list of types, each made from options
 * and applied as a function. No I/O of its own: time, randomness, files and other servers come through {@link
 * muster.lb.middleware.Surroundings}. Called by the dialects.
 */
package muster.lb.middleware;
