package muster.scheduler.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import muster.raft.members.AgentMember;
import muster.raft.members.Cluster;

/**
 * What the API tells of the agent it runs in, and of those around.
 *
 * @param cluster the others
 * @param self the answer of {@code /v1/agent/self} at the moment
 * @param member an agent in the API's form
 * @param led whether a server leads, asked on a server; none on an agent that is no server
 * @param served whether servers are there, asked on an agent that runs tasks; none on one that does not
 * @param logs of the process that it runs in
 */
public record AgentFacts(String node, String region, String datacenter, Cluster cluster, Supplier<Map<String, Object>> self,
        Function<AgentMember, Map<String, Object>> member, Optional<BooleanSupplier> led, Optional<BooleanSupplier> served, LogFeed logs) {
    /** The agents that are servers, in the order of their names. */
    List<AgentMember> servers() {
        return cluster.members().stream().filter(AgentMember::server).toList();
    }

    /** Of an agent that is a server. */
    static String rpcAddress(AgentMember server) {
        String host = server.tag("rpc_addr").isEmpty() ? server.host() : server.tag("rpc_addr");
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + server.tag("port");
    }

    /** As the API writes it: with the region behind it. */
    String fullName(String server) {
        return server + "." + region;
    }

    /** An agent's name out of what a user wrote: with its region or without. */
    String shortName(String given) {
        String end = "." + region;
        return given.endsWith(end) ? given.substring(0, given.length() - end.length()) : given;
    }
}
