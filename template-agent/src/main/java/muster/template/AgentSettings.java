package muster.template;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import muster.template.language.Delimiters;
import muster.template.runner.TemplateSpec;

/** What the agent is to do, from files and flags. Immutable. */
record AgentSettings(String address, String token, boolean once, boolean dry, Optional<TemplateSpec.Quiet> quiet, List<Job> jobs) {
    static final int EXIT_INTERRUPTED = 12;
    static final int EXIT_FLAGS = 13;
    static final int EXIT_RENDER = 14;
    static final int EXIT_CONFIGURATION = 15;

    /**
     * One {@code template} block.
     *
     * @param command run by the shell after the file changed; "" for none
     * @param commandTimeout zero waits for ever
     */
    record Job(TemplateSpec.Source source, Path destination, String command, Duration commandTimeout,
            Optional<Set<PosixFilePermission>> permissions, boolean createDirectories, boolean errorOnMissingKey,
            Delimiters delimiters, String dialect, List<String> denied, Optional<Path> sandbox, Optional<TemplateSpec.Quiet> quiet) {
        /** With consul-template's defaults. */
        static Job of(TemplateSpec.Source source, Path destination, String command) {
            return new Job(source, destination, command, Duration.ofSeconds(30), Optional.empty(), true, false,
                    Delimiters.DEFAULT, "", List.of(), Optional.empty(), Optional.empty());
        }

        String sourceName() {
            return source instanceof TemplateSpec.Source.FromFile file ? file.path() : "(dynamic)";
        }
    }

    AgentSettings {
        jobs = List.copyOf(jobs);
    }
}
