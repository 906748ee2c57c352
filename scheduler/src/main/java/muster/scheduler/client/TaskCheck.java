package muster.scheduler.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Template;
import muster.scheduler.job.Values;
import muster.template.render.Output;

/**
 * A template's {@code check}, run in the task: the new file's path, as the task sees it, stands where {@code {{file}}} is, or at
 * the end. While the task does not run there is nobody to look, and every file is good.
 */
record TaskCheck(Template.Check check, Templating.Request request, Templating.Listener listener) implements Output.Check {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Override
    public void examine(Path candidate, Path destination) throws IOException {
        String file = seenByTask(candidate.toAbsolutePath().normalize());
        List<String> given = new ArrayList<>(List.of(request.views().task().interpolate(Values.text(check.command()))));
        Values.orEmpty(check.args()).forEach(word -> given.add(request.views().task().interpolate(word)));
        List<String> command = new ArrayList<>(given.stream().map(word -> word.replace("{{file}}", file)).toList());
        if (command.equals(given)) {
            command.add(file);
        }
        try {
            Optional<String> bad = listener.check(command, check.timeout() == null ? TIMEOUT : check.timeout());
            if (bad.isPresent()) {
                throw new IOException("check: " + bad.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("check: interrupted", e);
        }
    }

    private String seenByTask(Path file) {
        Map<String, String> variables = request.views().task().all();
        AllocationFolder folder = request.folder();
        Map<Path, String> places = Map.of(folder.local(request.task()), "NOMAD_TASK_DIR",
                folder.secrets(request.task()), "NOMAD_SECRETS_DIR", folder.shared(), "NOMAD_ALLOC_DIR");
        for (Map.Entry<Path, String> place : places.entrySet()) {
            Path host = place.getKey().toAbsolutePath().normalize();
            if (file.startsWith(host) && variables.containsKey(place.getValue())) {
                return Path.of(variables.get(place.getValue())).resolve(host.relativize(file)).toString();
            }
        }
        return file.toString();
    }
}
