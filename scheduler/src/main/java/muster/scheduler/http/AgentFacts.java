package muster.scheduler.http;

import java.util.Map;

/**
 * What the API tells of the agent it runs in.
 *
 * @param rpcAddress host and port of the server's RPC
 * @param self the answer of {@code /v1/agent/self}
 * @param members the answer of {@code /v1/agent/members}
 */
public record AgentFacts(String region, String rpcAddress, Map<String, Object> self, Map<String, Object> members) {}
