package muster.scheduler.http;

import java.util.Map;
import java.util.function.Supplier;

/**
 * What the API tells of the agent it runs in.
 *
 * @param rpcAddress host and port of the server's RPC
 * @param self the answer of {@code /v1/agent/self} at the moment
 * @param members the answer of {@code /v1/agent/members} at the moment
 */
public record AgentFacts(
        String region, String rpcAddress, Supplier<Map<String, Object>> self, Supplier<Map<String, Object>> members) {}
