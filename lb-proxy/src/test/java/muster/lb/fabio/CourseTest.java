package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import org.junit.jupiter.api.Test;

class CourseTest {
    private static final RequestHead HEAD = new RequestHead("GET", "/", "h", new HeaderList(),
            new RequestHead.Peer("10.0.0.1", 1, "10.0.0.2", 80, false, "web"), 1);

    @Test
    void waitsBeginShortAndDoubleUpToMoreThanASecond() {
        Course course = new Course(HEAD, Long.MAX_VALUE);

        assertThat(LongStream.range(0, 10).map(i -> course.nextWaitMillis(0))).containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 1280L, 1280L);
    }

    @Test
    void noWaitGoesBeyondTheDeadline() {
        Course course = new Course(HEAD, 7_000_000);

        assertThat(course.nextWaitMillis(0)).isEqualTo(5);
        assertThat(course.nextWaitMillis(5_000_000)).isEqualTo(2);
        assertThat(course.nextWaitMillis(7_000_000)).isZero();
        assertThat(course.nextWaitMillis(9_000_000)).isZero();
    }
}
