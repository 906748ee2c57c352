/**
 * From a question and what the registry knows to an answer that fits its transport: order, weights, TTLs, limits. Pure: time
 * and chance are arguments. Called by the server package.
 */
package muster.dns.answer;
