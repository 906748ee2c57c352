package muster.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import muster.wire.GoFlags;

/** {@code job init}. */
final class JobInit {
    static final Command COMMAND = new Command("job init", "Create an example job file", """
            Usage: nomad job init [options] <filename>

              Writes a job file to begin with; example.nomad unless named otherwise. An existing file stays as it is.

            Init Options:

              -short                 without the comments
              -connect               two services that speak through the mesh""", JobInit::run);

    private static final String NAME = "example.nomad";

    private JobInit() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("short", "connect").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes either no arguments or one: <filename>", "job init");
        }
        String name = flags.rest().isEmpty() ? NAME : flags.rest().getFirst();
        Path file = console.folder().resolve(name);
        String example = (flags.on("connect") ? "connect" : "example") + (flags.on("short") ? "-short" : "") + ".nomad";
        try (InputStream text = JobInit.class.getResourceAsStream(example)) {
            Files.copy(text, file);
        } catch (FileAlreadyExistsException e) {
            return console.fail("Job '" + name + "' already exists");
        } catch (IOException e) {
            return console.fail("Failed to write '" + name + "': " + e.getMessage());
        }
        console.out().println("Example job file written to " + name);
        return 0;
    }
}
