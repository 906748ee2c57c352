package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import muster.cli.FakeAgent.Ran;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FmtTest {
    private static final String UGLY = "a=1\nlong=2\n";
    private static final String FINE = "a    = 1\nlong = 2\n";
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(folder.resolve("deep"));
        Files.writeString(folder.resolve("a.nomad"), UGLY);
        Files.writeString(folder.resolve("b.hcl"), FINE);
        Files.writeString(folder.resolve("c.txt"), UGLY);
        Files.writeString(folder.resolve("deep/d.hcl"), UGLY);
    }

    @Test
    void theFilesOfAFolderAreWrittenAndNamed() throws IOException {
        assertThat(run("", "fmt")).isEqualTo(new Ran(0, "a.nomad\n", ""));
        assertThat(folder.resolve("a.nomad")).hasContent(FINE);
        assertThat(folder.resolve("c.txt")).hasContent(UGLY);
        assertThat(run("", "fmt", "-recursive", "-list=false")).isEqualTo(new Ran(0, "", ""));
        assertThat(folder.resolve("deep/d.hcl")).hasContent(FINE);
    }

    @Test
    void aCheckWritesNothingAndFailsWhereSomethingWouldChange() {
        assertThat(run("", "fmt", "-check", "-recursive")).isEqualTo(new Ran(1, "a.nomad\ndeep/d.hcl\n", ""));
        assertThat(folder.resolve("a.nomad")).hasContent(UGLY);
        assertThat(run("", "fmt", "-check", "b.hcl")).isEqualTo(new Ran(0, "", ""));
    }

    @Test
    void standardInputIsPrinted() {
        assertThat(run(UGLY, "fmt", "-")).isEqualTo(new Ran(0, FINE, ""));
        assertThat(run(UGLY, "fmt", "-check", "-")).isEqualTo(new Ran(1, "", ""));
        assertThat(run("", "fmt", "-", "a.nomad").exit()).isEqualTo(1);
    }

    @Test
    void aDifferenceShowsTheLinesAround() {
        assertThat(run("", "fmt", "-diff", "-write=false", "-list=false", "a.nomad").out()).isEqualTo("""
                --- old/a.nomad
                +++ new/a.nomad
                @@ -1,2 +1,2 @@
                -a=1
                -long=2
                +a    = 1
                +long = 2
                """);
        assertThat(Fmt.difference("f", "x\n1\n2\n3\n4\n5\n6\n7\n8\n9\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\n8\n9\nY\n")).contains(
                "@@ -1,4 +1,4 @@\n-x\n+X\n 1\n 2\n 3\n@@ -8,4 +8,4 @@\n 7\n 8\n 9\n-y\n+Y\n");
    }

    @Test
    void aFileWithErrorsIsNamedAndLeft() throws IOException {
        Files.writeString(folder.resolve("a.nomad"), "a=[\n");
        Ran ran = run("", "fmt");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("a.nomad");
        assertThat(folder.resolve("a.nomad")).hasContent("a=[\n");
        assertThat(run("", "fmt", "nowhere.hcl")).isEqualTo(new Ran(1, "", "Error: No file or directory at nowhere.hcl\n"));
    }

    private Ran run(String in, String... line) {
        return FakeAgent.run("nomad", in, Map.of(), folder, line);
    }
}
