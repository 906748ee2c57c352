package muster.registry.agent;

import java.util.Map;
import java.util.TreeMap;
import muster.raft.members.AgentMember;

/** What an agent of the registry tells the others of itself, by the original's names. Pure. */
public final class MemberTags {
    private MemberTags() {}

    /** @param expect with how many servers the log is begun; 0 where that is not this agent's business */
    public static Map<String, String> of(AgentSettings settings, boolean accessControl, int expect) {
        Map<String, String> tags = new TreeMap<>();
        tags.put("build", settings.version() + ":");
        tags.put("dc", settings.datacenter());
        tags.put("id", settings.nodeId());
        tags.put("segment", "");
        tags.put("vsn", "2");
        tags.put("vsn_max", "3");
        tags.put("vsn_min", "2");
        if (!settings.isServer()) {
            tags.put("role", "node");
            return tags;
        }
        tags.put("acls", accessControl ? "1" : "0");
        tags.put("port", Integer.toString(settings.serverPort()));
        tags.put("raft_vsn", "3");
        tags.put("role", "consul");
        if (expect == 1) {
            tags.put("bootstrap", "1");
        } else if (expect > 1) {
            tags.put("expect", Integer.toString(expect));
        }
        return tags;
    }

    /** The row of an agent that is alone. */
    static AgentMember alone(AgentSettings settings, boolean accessControl, long since) {
        return new AgentMember(settings.nodeName(), settings.nodeId(), settings.address(), settings.gossipPort(), true, settings.datacenter(),
                of(settings, accessControl, 1), 0, AgentMember.Status.ALIVE, since);
    }
}
