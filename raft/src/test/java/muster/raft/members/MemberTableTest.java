package muster.raft.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import muster.raft.members.AgentMember.Status;
import org.junit.jupiter.api.Test;

class MemberTableTest {
    private final MemberTable table = new MemberTable(member("me", 10, Status.ALIVE));

    private static AgentMember member(String name, long incarnation, Status status) {
        return new AgentMember(name, "id of " + name, "127.0.0.1", 8301, true, "dc1", Map.of("a", "b"), incarnation, status, 1_000);
    }

    @Test
    void the_newest_word_holds_and_of_two_equally_new_the_worse() {
        assertThat(table.merge(member("a", 5, Status.ALIVE))).isTrue();
        assertThat(table.merge(member("a", 5, Status.ALIVE))).isFalse();
        assertThat(table.merge(member("a", 5, Status.FAILED))).isTrue();
        assertThat(table.merge(member("a", 5, Status.ALIVE))).isFalse();
        assertThat(table.merge(member("a", 4, Status.LEFT))).isFalse();
        assertThat(table.merge(member("a", 6, Status.ALIVE))).isTrue();
        assertThat(table.find("a").orElseThrow().isAlive()).isTrue();
    }

    @Test
    void a_wrong_word_about_oneself_is_answered_by_a_newer_one() {
        assertThat(table.merge(member("me", 10, Status.FAILED))).isTrue();
        assertThat(table.self().incarnation()).isEqualTo(11);
        assertThat(table.self().isAlive()).isTrue();
        assertThat(table.merge(member("me", 10, Status.FAILED))).isFalse();
        assertThat(table.self().incarnation()).as("an older wrong word needs no answer").isEqualTo(11);
    }

    @Test
    void a_former_life_with_a_later_clock_is_outdone() {
        table.merge(member("me", 500, Status.ALIVE));
        assertThat(table.self().incarnation()).isEqualTo(501);
    }

    @Test
    void tables_that_heard_the_same_in_any_order_are_equal() {
        List<AgentMember> words = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            words.add(member("agent-" + i % 7, i % 5, Status.values()[i % 4]));
        }
        MemberTable one = new MemberTable(member("me", 10, Status.ALIVE));
        words.forEach(one::merge);
        Collections.shuffle(words, new Random(7));
        MemberTable other = new MemberTable(member("me", 10, Status.ALIVE));
        words.forEach(other::merge);
        assertThat(other.digest()).isEqualTo(one.digest());
        assertThat(other.all()).isEqualTo(one.all());
        other.merge(member("agent-1", 9, Status.ALIVE));
        assertThat(other.digest()).isNotEqualTo(one.digest());
    }

    @Test
    void who_failed_or_left_long_ago_is_forgotten() {
        table.merge(member("alive", 1, Status.ALIVE));
        table.merge(member("failed", 1, Status.FAILED));
        table.merge(member("left", 1, Status.LEFT));
        assertThat(table.forget(1_000 + 60_000, Duration.ofHours(1), Duration.ofSeconds(30))).isTrue();
        assertThat(table.others()).extracting(AgentMember::name).containsExactly("alive", "failed");
        table.forget(1_000 + 3_600_001, Duration.ofHours(1), Duration.ofSeconds(30));
        assertThat(table.others()).extracting(AgentMember::name).containsExactly("alive");
    }

    @Test
    void a_beat_is_read_as_it_was_written() throws Exception {
        Beat beat = new Beat(member("me", 1, Status.ALIVE), 42, List.of(member("a", 2, Status.LEFT)), List.of("b", "c"));
        assertThat(Beat.of(beat.bytes())).isEqualTo(beat);
    }
}
