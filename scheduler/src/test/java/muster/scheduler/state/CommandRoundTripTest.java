package muster.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import muster.scheduler.Filled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command there is, found by reflection, as its bytes and back. */
class CommandRoundTripTest {
    private final JsonCommandCodec codec = new JsonCommandCodec();

    static Stream<Class<?>> commands() {
        // A leader's is another command with a term.
        return Arrays.stream(Command.class.getPermittedSubclasses()).filter(type -> type != Command.OfLeader.class);
    }

    @Test
    void aLeadersCommandKeepsItsTerm() {
        Command command = new Command.OfLeader("term", new Command.SetLaunch("default", "j", 5));

        assertThat(codec.decode(codec.encode(command))).isEqualTo(command);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aFullCommandIsReadBackAsItWasWritten(Class<?> type) {
        Command command = (Command) new Filled().record(type);

        assertThat(codec.decode(codec.encode(command))).usingRecursiveComparison().isEqualTo(command);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void anEmptyCommandIsReadBackAsItWasWritten(Class<?> type) {
        Command empty = codec.decode(("\1" + type.getSimpleName() + "\n{}").getBytes(StandardCharsets.UTF_8));

        assertThat(codec.decode(codec.encode(empty))).isEqualTo(empty);
    }

    @Test
    void bytesOfNoKnownVersionOrCommandAreRefused() {
        assertThatThrownBy(() -> codec.decode(new byte[0])).hasMessage("a scheduler command of version none can't be read, only 1");
        assertThatThrownBy(() -> codec.decode("\2Collect\n{}".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("a scheduler command of version 2 can't be read, only 1");
        assertThatThrownBy(() -> codec.decode("\1Unheard\n{}".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("a scheduler command named \"Unheard\" is unknown");
        assertThatThrownBy(() -> codec.decode("\1Collect".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("a scheduler command has no name in its 8 bytes");
    }
}
