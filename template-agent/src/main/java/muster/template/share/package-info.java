/**
 * De-duplication: one of several agents with the same template reads its data and leaves it in a key for the others. {@code Bundle}
 * is pure; the rest speaks to the registry. For {@code muster template} alone.
 */
package muster.template.share;
