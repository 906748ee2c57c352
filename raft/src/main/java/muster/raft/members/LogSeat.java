package muster.raft.members;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.raft.Member;

/**
 * What a server tells of its place in the log, as tags of its row in the list of agents. Pure.
 *
 * @param self the server as the log knows it
 * @param expect with how many servers, itself among them, it would begin a log; 0 waits for one that is there
 * @param members of the log, as far as the server knows; none while it is not one
 * @param leads whether it leads
 */
record LogSeat(Member self, State state, int expect, List<Member> members, boolean leads) {
    enum State {
        /** Without a log. */
        NEW,
        /** With an empty one, waiting to be added. */
        WAITING,
        /** A member. */
        SEATED
    }

    private static final String ID = "log.id";
    private static final String ADDRESS = "log.address";
    private static final String STATE = "log.state";
    private static final String EXPECT = "log.expect";
    private static final String MEMBERS = "log.members";
    private static final String LEADS = "log.leads";
    private static final int MOST_MEMBERS = 64;

    LogSeat {
        members = List.copyOf(members);
    }

    Map<String, String> tags() {
        Map<String, String> tags = new HashMap<>();
        tags.put(ID, self.id());
        tags.put(ADDRESS, self.address());
        tags.put(STATE, state.name());
        tags.put(EXPECT, Integer.toString(expect));
        tags.put(MEMBERS, members.stream().sorted(Comparator.comparing(Member::id))
                .map(member -> member.id() + "@" + member.address()).collect(Collectors.joining(" ")));
        tags.put(LEADS, Boolean.toString(leads));
        return tags;
    }

    /** Nothing for an agent that tells none. */
    static Optional<LogSeat> of(AgentMember agent) {
        if (agent.tag(ID).isEmpty()) {
            return Optional.empty();
        }
        try {
            List<Member> members = Stream.of(agent.tag(MEMBERS).split(" ")).filter(text -> text.indexOf('@') > 0).limit(MOST_MEMBERS)
                    .map(text -> new Member(text.substring(0, text.indexOf('@')), text.substring(text.indexOf('@') + 1))).toList();
            return Optional.of(new LogSeat(new Member(agent.tag(ID), agent.tag(ADDRESS)), State.valueOf(agent.tag(STATE)),
                    Integer.parseInt(agent.tag(EXPECT)), members, Boolean.parseBoolean(agent.tag(LEADS))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean knows(String id) {
        return members.stream().anyMatch(member -> member.id().equals(id));
    }

    static byte[] bytes(Collection<Member> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(members.size());
            for (Member member : members) {
                out.writeUTF(member.id());
                out.writeUTF(member.address());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    static List<Member> members(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            List<Member> members = new ArrayList<>();
            int count = in.readUnsignedByte();
            for (int i = 0; i < count; i++) {
                members.add(new Member(in.readUTF(), in.readUTF()));
            }
            return members;
        }
    }
}
