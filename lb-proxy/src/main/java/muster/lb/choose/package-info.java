/**
 * Choosing a target: shares, strategies, passive health, slow start, limits, budgets for retries, and waiting for a target that is to come.
 * Pure apart from counters and {@link muster.lb.choose.WaitingRoom}'s timer; time and randomness are given. Called by the dialects.
 */
package muster.lb.choose;
