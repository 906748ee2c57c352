package muster.testkit.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The tasks of a scheduler's clients as this system's processes, whoever started them: they know their folder. */
final class Tasks {
    private static final String FOLDER = "NOMAD_ALLOC_DIR=";

    /** A process, and whose it is. */
    record Task(ProcessHandle process, String job, String allocation) {}

    private Tasks() {}

    /** All that run for agents that keep their data below a folder. */
    static List<Task> below(Path folder) {
        List<Task> found = new ArrayList<>();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.forEach(process -> {
                List<String> environment = environment(process);
                if (value(environment, FOLDER).filter(at -> Path.of(at).startsWith(folder)).isPresent()) {
                    found.add(new Task(process, value(environment, "NOMAD_JOB_ID=").orElse(""), value(environment, "NOMAD_ALLOC_ID=").orElse("")));
                }
            });
        }
        return found;
    }

    private static Optional<String> value(List<String> environment, String name) {
        return environment.stream().filter(entry -> entry.startsWith(name)).map(entry -> entry.substring(name.length())).findFirst();
    }

    private static List<String> environment(ProcessHandle process) {
        try {
            return Arrays.asList(Files.readString(Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1).split("\0"));
        } catch (IOException e) {
            // It ended, or is somebody else's.
            return List.of();
        }
    }
}
