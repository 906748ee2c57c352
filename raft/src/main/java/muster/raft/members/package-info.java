/**
 * Who is there: agents that find each other, tell each other what they are, notice who is gone, ask each other things, and, where
 * they are servers, make up the members of a log. Not pure, but for what says so. May be called by every part that runs in an agent.
 */
package muster.raft.members;
