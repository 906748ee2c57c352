/**
 * What a router does to a request before it is forwarded and to the answer after: one sealed list of specs, each made from
 * options and applied as a function. Pure. Called by the dialects.
 */
package muster.lb.middleware;
