package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.scheduler.state.TaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaskOrderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String TASKS = "{'Name':'init','Lifecycle':{'Hook':'prestart'}},"
            + "{'Name':'side','Lifecycle':{'Hook':'prestart','Sidecar':true}},{'Name':'main','Leader':false},{'Name':'other'},"
            + "{'Name':'after','Lifecycle':{'Hook':'poststart'}},{'Name':'post','Lifecycle':{'Hook':'poststop'}}";

    /**
     * States of the six tasks by letter: p(ending), r(unning), d(ead), f(ailed), b(ack to pending after having run). What may
     * have begun, what ends the rest, and the status that the server is told.
     */
    record Case(String name, String states, String startable, String end, String status) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("prestart tasks come first", "p p p p p p", "init side", "", "pending"),
                new Case("main tasks wait for the sidecar's start", "d p p p p p", "init side", "", "pending"),
                new Case("main tasks wait for init's end", "r r p p p p", "init side", "", "running"),
                new Case("then main tasks begin", "d r p p p p", "init side main other", "", "running"),
                new Case("poststart waits for all main tasks", "d r r p p p", "init side main other", "", "running"),
                new Case("then poststart begins", "d r r r p p", "init side main other after", "", "running"),
                new Case("a main task's restart takes nobody's turn away", "d r b r d p", "init side main other after", "", "running"),
                new Case("one main task's good end leaves the others alone", "d r d r d p", "init side main other after", "", "running"),
                new Case("when all main tasks ended, the sidecar must", "d r d d d p", "init side main other after post",
                        "Main Tasks Dead", "running"),
                new Case("poststop comes last", "d d d d d p", "init side main other after post", "", "pending"),
                new Case("a failed task ends the others", "d r f r p p", "init side main other after", "Sibling Task Failed", "failed"),
                new Case("a failed prestart task lets nobody begin", "f r p p p p", "init side", "Sibling Task Failed", "failed"),
                new Case("all dead and well is complete", "d d d d d d", "init side main other after post", "", "complete"),
                new Case("all dead, one failed, is failed", "d d f d d d", "init side main other after post", "", "failed"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decides(Case c) {
        TaskOrder order = new TaskOrder(Jobs.job("service", "", TASKS).taskGroups().getFirst());
        Map<String, TaskState> states = new LinkedHashMap<>();
        String[] letters = c.states().split(" ");
        String[] names = {"init", "side", "main", "other", "after", "post"};
        for (int i = 0; i < names.length; i++) {
            states.put(names[i], state(letters[i]));
        }
        assertThat(String.join(" ", order.startable(states))).isEqualTo(c.startable());
        assertThat(order.end(states, NOW).map(event -> event.type()).orElse("")).isEqualTo(c.end());
        assertThat(TaskOrder.status(states.values()).status()).isEqualTo(c.status());
    }

    private static TaskState state(String letter) {
        Instant started = letter.equals("p") ? null : NOW;
        String word = switch (letter) {
            case "r" -> "running";
            case "p", "b" -> "pending";
            default -> "dead";
        };
        return new TaskState(List.of(), letter.equals("f"), word.equals("dead") ? NOW : null, null, 0, started, word, null);
    }

    @Test
    void theLeaderEndsFirstAndSidecarsLast() {
        TaskOrder order = new TaskOrder(Jobs.job("service", "", "{'Name':'side','Lifecycle':{'Hook':'prestart','Sidecar':true}},"
                + "{'Name':'a'},{'Name':'boss','Leader':true},{'Name':'b'},{'Name':'post','Lifecycle':{'Hook':'poststop'}}")
                .taskGroups().getFirst());
        assertThat(order.waves()).containsExactly(List.of("boss"), List.of("a", "b"), List.of("side"));
    }
}
