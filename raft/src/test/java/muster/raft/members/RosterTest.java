package muster.raft.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.raft.members.AgentMember.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RosterTest {
    private static final long STEP = Liveness.LONGEST_STEP.toNanos();

    private final Roster roster = new Roster(agent("self", true, Status.ALIVE, 1), MemberSettings.Times.USUAL);

    private static AgentMember agent(String name, boolean server, Status status, long incarnation) {
        return new AgentMember(name, "id-" + name, "127.0.0.1", 8301, server, "dc1", Map.of(), incarnation, status, 0);
    }

    private static Beat from(AgentMember sender, AgentMember... rows) {
        return new Beat(sender, 0, List.of(rows), List.of());
    }

    @BeforeEach
    void begin() {
        roster.begin("127.0.0.1", 8301, List.of(), 1_000);
    }

    private List<AgentMember> passUntilFailed() {
        for (int i = 0; i < 100; i++) {
            List<AgentMember> failed = roster.pass(STEP, 2_000).failed();
            if (!failed.isEmpty()) {
                return failed;
            }
        }
        return List.of();
    }

    @Test
    void servers_that_may_come_back_are_dialed_and_clients_are_not() {
        roster.heard(from(agent("server", true, Status.ALIVE, 1), agent("dead", true, Status.FAILED, 1), agent("gone", true, Status.LEFT, 1),
                agent("client", false, Status.ALIVE, 1)));
        assertThat(roster.dialed()).extracting(AgentMember::name).containsExactly("dead", "server");
        assertThat(roster.dialed("client")).isEmpty();
    }

    @Test
    void a_server_that_hears_nothing_judges_and_what_it_judged_is_kept_once() {
        roster.heard(from(agent("other", true, Status.ALIVE, 1)));
        assertThat(roster.pass(0, 2_000).save()).hasSize(2);
        assertThat(roster.pass(0, 2_000).save()).isEmpty();
        assertThat(passUntilFailed()).extracting(AgentMember::name).containsExactly("other");
        assertThat(roster.find("other").orElseThrow().status()).isEqualTo(Status.FAILED);
        assertThat(roster.silenceOf("other")).isEmpty();
    }

    @Test
    void a_client_judges_nobody() {
        Roster client = new Roster(agent("self", false, Status.ALIVE, 1), MemberSettings.Times.USUAL);
        client.begin("127.0.0.1", 8301, List.of(agent("other", true, Status.ALIVE, 1)), 1_000);
        for (int i = 0; i < 100; i++) {
            assertThat(client.pass(STEP, 2_000).failed()).isEmpty();
        }
    }

    @Test
    void a_wrong_word_about_this_agent_is_answered() {
        Roster.Heard heard = roster.heard(from(agent("other", true, Status.ALIVE, 1), roster.self().with(Status.FAILED, 5_000, 0)));
        assertThat(heard.own()).isTrue();
        assertThat(roster.self().status()).isEqualTo(Status.ALIVE);
        assertThat(roster.self().incarnation()).isGreaterThan(5_000);
    }

    @Test
    void the_whole_list_is_told_only_where_it_differs() {
        Beat first = roster.beat(Optional.empty());
        assertThat(first.rows()).hasSize(1);
        assertThat(roster.beat(Optional.of(first.digest())).rows()).isEmpty();
        assertThat(roster.answer(new Beat(agent("other", true, Status.ALIVE, 1), first.digest(), List.of(), List.of())).rows()).isEmpty();
        roster.tell(Map.of("tag", "text"));
        assertThat(roster.beat(Optional.of(first.digest())).rows()).hasSize(1);
        assertThat(roster.tell(Map.of("tag", "text"))).isFalse();
    }

    @Test
    void another_agent_of_the_same_name_is_refused_while_the_first_is_there() {
        roster.heard(from(agent("other", false, Status.ALIVE, 1)));
        AgentMember twin = new AgentMember("other", "another", "127.0.0.1", 8302, false, "dc1", Map.of(), 1, Status.ALIVE, 0);
        assertThat(roster.refusal(twin)).hasValueSatisfying(text -> assertThat(text).contains("has the name of another agent"));
        roster.dismiss("other", false, 2_000);
        assertThat(roster.refusal(twin)).isEmpty();
    }
}
