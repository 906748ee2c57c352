package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long a confirmation lasts. The election time is 1,000, so a lease lasts 800. */
class ReadLeaseTest {
    private final ReadLease lease = new ReadLease(1_000);

    @Test
    void lasts_from_the_question_not_from_the_answer() {
        assertThat(lease.isHeld(0)).isFalse();
        lease.confirmed(100);
        assertThat(lease.isHeld(899)).isTrue();
        assertThat(lease.isHeld(900)).isFalse();
    }

    @Test
    void an_older_confirmation_shortens_nothing() {
        lease.confirmed(500);
        lease.confirmed(100);
        assertThat(lease.isHeld(1_299)).isTrue();
    }

    @Test
    void ends_with_the_lead() {
        lease.confirmed(100);
        lease.lost();
        assertThat(lease.isHeld(101)).isFalse();
        lease.confirmed(200);
        assertThat(lease.isHeld(201)).isTrue();
    }

    @Test
    void is_not_given_while_the_lead_is_handed_over() {
        lease.forbid(1_000);
        lease.confirmed(999);
        assertThat(lease.isHeld(1_000)).isFalse();
        lease.confirmed(1_000);
        assertThat(lease.isHeld(1_001)).isTrue();
    }

    @Test
    void clocks_may_begin_anywhere() {
        long start = Long.MAX_VALUE - 100;
        lease.confirmed(start);
        assertThat(lease.isHeld(start + 799)).isTrue();
        assertThat(lease.isHeld(start + 800)).isFalse();
    }
}
