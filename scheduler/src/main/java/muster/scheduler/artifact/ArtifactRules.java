package muster.scheduler.artifact;

import java.time.Duration;
import java.util.Set;

/**
 * How much an artifact may take, and with what it is fetched. (Nomad docs: agent configuration, "artifact" block of the client)
 *
 * @param http how long one file over http may take; too short, and large files never come, too long, and a slow server holds a task back
 * @param mostBytes of one file
 * @param git how long one run of git may take
 * @param store how long one object of s3 may take
 * @param unpackedBytes that an archive may become; 0 for 256 MiB and 200 times its own size
 * @param unpackedFiles that it may hold
 * @param passed names of the agent's environment that git gets to see
 */
public record ArtifactRules(Duration http, long mostBytes, Duration git, Duration store, long unpackedBytes, int unpackedFiles,
        Set<String> passed) {
    public static final ArtifactRules USUAL = new ArtifactRules(Duration.ofMinutes(30), 100L << 30, Duration.ofMinutes(30),
            Duration.ofMinutes(30), 0, 100_000, Set.of());

    public ArtifactRules {
        passed = Set.copyOf(passed);
    }
}
