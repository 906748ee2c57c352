package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import muster.wire.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code golden/plan/NAME.json} is a server's answer, {@code NAME.txt} what is printed of it; -Dgolden.update=true rewrites the texts. */
class PlanTextTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/plan");

    static List<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - 5)).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void printsAnAnswerAsInItsText(String name) throws IOException {
        Doc answer = new Doc(Json.parse(Files.readAllBytes(GOLDEN.resolve(name + ".json"))));

        String printed = "--- short\n" + PlanText.job(answer.at("Diff"), false)
                + "--- verbose\n" + PlanText.job(answer.at("Diff"), true)
                + "--- dry run\n" + PlanText.dryRun(answer, false);

        Path text = GOLDEN.resolve(name + ".txt");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(text, printed);
        }
        assertThat(printed).isEqualTo(Files.readString(text));
    }
}
