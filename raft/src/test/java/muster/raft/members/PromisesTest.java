package muster.raft.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PromisesTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Promises promises = new Promises();

    @Test
    void one_founder_has_it_as_often_as_it_asks() {
        assertThat(promises.give("a", 0)).isEmpty();
        assertThat(promises.give("b", SECOND)).contains("it has promised a to begin a log");
        assertThat(promises.give("a", 2 * SECOND)).isEmpty();
    }

    @Test
    void the_founder_gives_it_back_and_nobody_else_can() {
        promises.give("a", 0);
        promises.release("b");
        assertThat(promises.give("b", SECOND)).isPresent();
        promises.release("a");
        assertThat(promises.give("b", SECOND)).isEmpty();
    }

    @Test
    void a_founder_that_is_not_heard_again_loses_it() {
        promises.give("a", 0);
        assertThat(promises.give("b", 10 * SECOND - 1)).isPresent();
        assertThat(promises.give("b", 10 * SECOND)).isEmpty();
        assertThat(promises.give("a", 11 * SECOND)).contains("it has promised b to begin a log");
    }
}
