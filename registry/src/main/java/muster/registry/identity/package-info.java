/**
 * What access control is made of: tokens, policies, roles, auth methods and binding rules, as rows of the state. Pure. Used by
 * the state, by the decisions in {@code acl} and by the HTTP edge.
 */
package muster.registry.identity;
