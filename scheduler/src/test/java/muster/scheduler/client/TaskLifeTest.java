package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import muster.scheduler.driver.ExitStatus;
import muster.scheduler.job.RestartPolicy;
import muster.scheduler.state.TaskEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaskLifeTest {
    /**
     * What happens to a service task (2 attempts in 30 minutes, delay 10 s without jitter, kill timeout 5 s) and the effects,
     * publications left out; {@code +7} lets seconds pass and ticks.
     */
    record Case(String name, String policy, String shutdownDelay, String inputs, String effects, String end) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("a task is prepared, started and registered", "2 fail", "0s", "begin prepared started",
                        "PREPARE START REGISTER", "running 0"),
                new Case("a failure restarts after the delay without preparing again", "2 fail", "0s",
                        "begin prepared started exit:1 +9 +1 started", "PREPARE START REGISTER DEREGISTER START REGISTER", "running 1"),
                new Case("while it waits to start again it is pending", "2 fail", "0s", "begin prepared started exit:1 +9",
                        "PREPARE START REGISTER DEREGISTER", "pending 1"),
                new Case("too many failures end it as failed", "1 fail", "0s", "begin prepared started exit:1 +10 started exit:1",
                        "PREPARE START REGISTER DEREGISTER START REGISTER DEREGISTER RELEASE", "dead 1 failed"),
                new Case("with mode delay it goes on in the next interval", "1 delay", "0s",
                        "begin prepared started exit:1 +10 started exit:1 +1789 +1 started",
                        "PREPARE START REGISTER DEREGISTER START REGISTER DEREGISTER START REGISTER", "running 2"),
                new Case("a policy without attempts allows no restart", "0 fail", "0s", "begin prepared started exit:0",
                        "PREPARE START REGISTER DEREGISTER RELEASE", "dead 0 failed"),
                new Case("a kill interrupts and waits for the end", "2 fail", "0s", "begin prepared started kill exit:130/2",
                        "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0"),
                new Case("who ignores the interrupt is killed after the timeout", "2 fail", "0s",
                        "begin prepared started kill +4 +1 exit:137/9", "PREPARE START REGISTER DEREGISTER INTERRUPT FORCE RELEASE", "dead 0"),
                new Case("the shutdown delay passes between services and signal", "2 fail", "3s",
                        "begin prepared started kill +2 +1 exit:130/2", "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0"),
                new Case("a hurried kill leaves the shutdown delay out", "2 fail", "3s",
                        "begin prepared started hurry exit:130/2", "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0"),
                new Case("a kill that is hurried later does so at once", "2 fail", "3s",
                        "begin prepared started kill +1 hurry exit:130/2", "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0"),
                new Case("what kills it may say that it failed", "2 fail", "0s", "begin prepared started fatal exit:130/2",
                        "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0 failed"),
                new Case("a user's restart has no delay and uses no attempt", "0 fail", "0s",
                        "begin prepared started restart exit:130/2 started", "PREPARE START REGISTER DEREGISTER INTERRUPT START REGISTER",
                        "running 1"),
                new Case("a restart while one is under way is the same one", "0 fail", "0s",
                        "begin prepared started restart restart exit:130/2 started",
                        "PREPARE START REGISTER DEREGISTER INTERRUPT START REGISTER", "running 1"),
                new Case("a restart asked for during the start follows it", "0 fail", "0s",
                        "begin prepared restart started exit:130/2 started",
                        "PREPARE START REGISTER DEREGISTER INTERRUPT START REGISTER", "running 1"),
                new Case("a failing check's restart counts", "0 fail", "0s", "begin prepared started unhealthy exit:130/2",
                        "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0 failed"),
                new Case("a kill during a restart wins", "2 fail", "0s", "begin prepared started restart kill exit:130/2",
                        "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0"),
                new Case("a kill while it waits to start again ends it", "2 fail", "0s", "begin prepared started exit:1 kill +10",
                        "PREPARE START REGISTER DEREGISTER RELEASE", "dead 1"),
                new Case("a kill before its turn ends it", "2 fail", "0s", "kill begin", "RELEASE", "dead 0"),
                new Case("a kill during preparation gives that up", "2 fail", "0s", "begin kill prepared", "PREPARE CANCEL_PREPARE RELEASE",
                        "dead 0"),
                new Case("a kill during the start is done after it", "2 fail", "0s", "begin prepared kill started exit:130/2",
                        "PREPARE START REGISTER DEREGISTER INTERRUPT RELEASE", "dead 0"),
                new Case("a failed preparation is tried again", "2 fail", "0s", "begin prepare-failed +10 prepared started",
                        "PREPARE PREPARE START REGISTER", "running 1"),
                new Case("an error that no try can mend ends it", "2 fail", "0s", "begin prepared start-failed", "PREPARE START RELEASE",
                        "dead 0 failed"),
                new Case("nothing moves the dead", "0 fail", "0s", "begin prepared started exit:1 restart kill begin +60",
                        "PREPARE START REGISTER DEREGISTER RELEASE", "dead 0 failed"));
    }

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @MethodSource("cases")
    void lives(Case c) {
        String[] policy = c.policy().split(" ");
        TaskLife life = life(Integer.parseInt(policy[0]), policy[1], c.shutdownDelay(), true);
        List<String> effects = new ArrayList<>();
        for (String word : c.inputs().split(" ")) {
            for (TaskLife.Effect effect : step(life, word)) {
                if (effect != TaskLife.Effect.PUBLISH) {
                    effects.add(effect.name());
                }
            }
        }
        assertThat(String.join(" ", effects)).isEqualTo(c.effects());
        assertThat(life.state().state() + " " + life.state().restarts() + (life.state().failed() ? " failed" : "")).isEqualTo(c.end());
    }

    @Test
    void tellsItsStoryInTheOriginalsWords() {
        TaskLife life = life(1, "fail", "0s", true);
        for (String word : List.of("begin", "prepared", "started", "exit:3", "+10", "started", "kill", "exit:130/2")) {
            step(life, word);
        }
        assertThat(life.state().events().stream().map(e -> e.type() + ": " + e.displayMessage())).containsExactly(
                "Received: Task received by client",
                "Started: Task started by client",
                "Terminated: Exit Code: 3",
                "Restarting: Task restarting in 10s",
                "Started: Task started by client",
                "Killing: Sent interrupt. Waiting 5s before force killing",
                "Terminated: Exit Code: 130, Signal: 2",
                "Killed: Task successfully killed");
    }

    @Test
    void namesThePolicyThatAllowsNoMore() {
        TaskLife life = life(1, "fail", "0s", true);
        for (String word : List.of("begin", "prepared", "started", "exit:3", "+10", "started", "exit:3")) {
            step(life, word);
        }
        TaskEvent last = life.state().events().getLast();
        assertThat(last.type()).isEqualTo("Not Restarting");
        assertThat(last.displayMessage()).isEqualTo("Exceeded allowed attempts 1 in interval 30m0s and mode is \"fail\"");
        assertThat(last.failsTask()).isTrue();
    }

    @Test
    void rendersItsFilesAnewWithEachStartWhereThatIsWanted() {
        TaskLife life = life(2, "fail", "0s", true);
        life.rules(new TaskLife.Rules(Duration.ofSeconds(5), Duration.ZERO, true), new RestartPolicy(2, Duration.ofSeconds(10), Duration.ofMinutes(30), "fail"));
        List<String> effects = new ArrayList<>();
        for (String word : List.of("begin", "prepared", "started", "exit:1", "+10", "prepared", "started")) {
            step(life, word).stream().filter(effect -> effect != TaskLife.Effect.PUBLISH).forEach(effect -> effects.add(effect.name()));
        }
        assertThat(String.join(" ", effects)).isEqualTo("PREPARE START REGISTER DEREGISTER RENDER START REGISTER");
    }

    @Test
    void keepsTheNewestTenEvents() {
        TaskLife life = life(0, "fail", "0s", true);
        for (int i = 0; i < 20; i++) {
            life.step(now, new TaskInput.Note(TaskEvents.setup(now, "note " + i)));
        }
        assertThat(life.state().events()).hasSize(10);
        assertThat(life.state().events().getLast().message()).isEqualTo("note 19");
    }

    @Test
    void aBatchTaskThatEndsWellIsDone() {
        TaskLife life = life(3, "fail", "0s", false);
        for (String word : List.of("begin", "prepared", "started", "exit:0")) {
            step(life, word);
        }
        assertThat(life.isDead()).isTrue();
        assertThat(life.state().failed()).isFalse();
    }

    private TaskLife life(int attempts, String mode, String shutdownDelay, boolean restartsOnSuccess) {
        RestartPolicy policy = new RestartPolicy(attempts, Duration.ofSeconds(10), Duration.ofMinutes(30), mode);
        RandomGenerator noJitter = () -> 0;
        return new TaskLife(new TaskLife.Rules(Duration.ofSeconds(5), muster.wire.GoDuration.parse(shutdownDelay), false),
                new RestartRule(policy, restartsOnSuccess, noJitter, now), now);
    }

    @Test
    void jitterAddsUpToAQuarterOfTheDelay() {
        RestartPolicy policy = new RestartPolicy(1000, Duration.ofSeconds(16), Duration.ofHours(1), "fail");
        RestartRule rule = new RestartRule(policy, true, new SplittableRandom(7), now);
        for (int i = 0; i < 500; i++) {
            RestartRule.Verdict.Again again = (RestartRule.Verdict.Again) rule.afterExit(now, false);
            assertThat(again.delay()).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(20));
        }
    }

    private List<TaskLife.Effect> step(TaskLife life, String word) {
        if (word.startsWith("+")) {
            now = now.plusSeconds(Long.parseLong(word.substring(1)));
            return life.step(now, new TaskInput.Tick()).effects();
        }
        if (word.startsWith("exit:")) {
            int[] parts = Arrays.stream(word.substring(5).split("/")).mapToInt(Integer::parseInt).toArray();
            return life.step(now, new TaskInput.Exited(new ExitStatus(parts[0], parts.length > 1 ? parts[1] : 0, "", false))).effects();
        }
        TaskInput input = switch (word) {
            case "begin" -> new TaskInput.Begin();
            case "prepared" -> new TaskInput.Prepared();
            case "prepare-failed" -> new TaskInput.PrepareFailed(TaskEvents.setupFailure(now, "x"), true);
            case "started" -> new TaskInput.Started();
            case "start-failed" -> new TaskInput.StartFailed(TaskEvents.driverFailure(now, "x"), false);
            case "restart" -> new TaskInput.Restart("User requested restart", false);
            case "unhealthy" -> new TaskInput.Restart("healthcheck: check \"x\" unhealthy", true);
            case "kill" -> new TaskInput.Kill(Optional.empty(), false);
            case "hurry" -> new TaskInput.Kill(Optional.empty(), true);
            case "fatal" -> new TaskInput.Kill(Optional.of(TaskEvents.fatal(now, "script failed")), false);
            default -> throw new IllegalArgumentException(word);
        };
        return life.step(now, input).effects();
    }
}
