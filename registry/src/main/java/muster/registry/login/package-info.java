/**
 * Auth methods: from somebody else's proof of identity to what a token is to have. Checking a signature and choosing what is
 * bound is pure; keys and reviews may come over the network, on the caller's thread, which may block. Called by the HTTP edge.
 */
package muster.registry.login;
