package muster.scheduler.http;

import java.util.Map;
import java.util.Optional;
import muster.raft.members.AgentMember;
import muster.raft.members.Cluster;

/** An agent alone, for servers in tests. */
final class Facts {
    private Facts() {}

    static AgentFacts alone() {
        AgentMember self = new AgentMember("test", "00000000-0000-4000-8000-000000000001", "127.0.0.1", 4648, true, "dc1",
                Map.of("port", "4647"), 0, AgentMember.Status.ALIVE, 0);
        return new AgentFacts("test", "global", "dc1", Cluster.alone(self, "127.0.0.1:4647", () -> true, () -> 0), Map::of, member -> Map.of(),
                Optional.of(() -> true), Optional.of(() -> true), (level, json, lines) -> {
                    lines.accept(level + (json ? " as JSON" : " as text"));
                    return () -> { };
                });
    }
}
