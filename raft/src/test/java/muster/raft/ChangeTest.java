package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a change makes of the members, and that it arrives as it was sent. */
class ChangeTest {
    private static final Member A = new Member("a", "10.0.0.1:8300");
    private static final Member B = new Member("b", "10.0.0.2:8300");

    @Test
    void adding_replaces_a_server_that_moved() {
        Member moved = new Member("a", "10.0.0.9:8300");
        assertThat(Change.apply(List.of(A), new Change.Add(B))).containsExactly(A, B);
        assertThat(Change.apply(List.of(A, B), new Change.Add(moved))).containsExactly(B, moved);
    }

    @Test
    void removing_asks_for_a_member_and_leaves_one() {
        assertThat(Change.apply(List.of(A, B), new Change.Remove("a"))).containsExactly(B);
        assertThatThrownBy(() -> Change.apply(List.of(A), new Change.Remove("b"))).hasMessageContaining("no server with the id b");
        assertThatThrownBy(() -> Change.apply(List.of(A), new Change.Remove("a"))).hasMessageContaining("the last server");
        assertThatThrownBy(() -> Change.apply(List.of(A), new Change.Transfer("b"))).hasMessageContaining("no server with the id b");
    }

    @Test
    void arrives_as_it_was_sent() throws IOException {
        for (Change change : List.of(new Change.Add(A), new Change.Remove("a"), new Change.Transfer("b"))) {
            assertThat(Change.of(change.bytes())).isEqualTo(change);
        }
        assertThatThrownBy(() -> Change.of(new byte[] {9})).hasMessageContaining("a change of kind 9");
        assertThatThrownBy(() -> Change.of(new byte[] {0, 0, 5})).isInstanceOf(IOException.class);
    }

    @Test
    void an_address_is_a_host_and_a_port() {
        assertThat(new Member("a", "[::1]:8300").port()).isEqualTo(8300);
        assertThat(new Member("a", "[::1]:8300").host()).isEqualTo("[::1]");
        assertThatThrownBy(() -> new Member("a", "10.0.0.1")).hasMessageContaining("a host and a port, not \"10.0.0.1\"");
    }
}
