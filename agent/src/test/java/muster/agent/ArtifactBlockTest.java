package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import muster.scheduler.artifact.ArtifactRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArtifactBlockTest {
    private static ArtifactRules read(Settings settings, String block) {
        ConfigFile.read("a.hcl", "client {\n" + block + "\n}", "nomad", settings);
        return new ArtifactBlock(settings).rules();
    }

    @Test
    void withoutTheBlockTheUsualHolds() {
        Settings settings = new Settings();
        assertThat(read(settings, "")).isEqualTo(ArtifactRules.USUAL);
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void everyKeyIsRead() {
        Settings settings = new Settings();
        ArtifactRules rules = read(settings, """
                artifact {
                  http_read_timeout = "5m"
                  http_max_size = "1GB"
                  git_timeout = "1m"
                  s3_timeout = "2m"
                  hg_timeout = "3m"
                  gcs_timeout = "3m"
                  decompression_limit_size = "10MiB"
                  decompression_limit_file_count = 7
                  disable_filesystem_isolation = true
                  set_environment_variables = "HTTPS_PROXY, NO_PROXY"
                }""");
        assertThat(settings.problems()).isEmpty();
        assertThat(rules).isEqualTo(new ArtifactRules(Duration.ofMinutes(5), 1_000_000_000, Duration.ofMinutes(1), Duration.ofMinutes(2), 10 << 20, 7,
                Set.of("HTTPS_PROXY", "NO_PROXY")));
    }

    @Test
    void everythingWrongIsToldAtOnce() {
        Settings settings = new Settings();
        read(settings, """
                artifact {
                  http_read_timeout = "soon"
                  http_max_size = "much"
                  decompression_limit_file_count = "-1"
                  ftp_timeout = "1m"
                }""");
        assertThat(settings.problems()).containsExactlyInAnyOrder("invalid config key client.artifact.ftp_timeout",
                "client.artifact.http_read_timeout \"soon\" has to be a positive duration, such as \"30m\"",
                "client.artifact.http_max_size \"much\" has to be a size, such as \"100GB\"",
                "client.artifact.decompression_limit_file_count \"-1\" has to be a number of files, 0 for no limit");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"0, 0", "1024, 1024", "5kb, 5000", "5KiB, 5120", "1.5 GB, 1500000000", "2T, 2000000000000", "1ib, -1", "GB, -1", "-1, -1", "'', -1"})
    void readsSizes(String text, long bytes) {
        assertThat(ArtifactBlock.bytes(text).orElse(-1L)).isEqualTo(bytes);
    }
}
