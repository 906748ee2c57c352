package muster.template;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import muster.template.language.GoText;
import muster.template.render.Output;
import muster.template.runner.ManagedTemplate;

/** Takes the place of writing: prints a new file's text, or the differences to the one that is there. */
record DryRun(PrintStream out) implements ManagedTemplate.Destination {
    @Override
    public boolean write(Path file, byte[] contents, Output output, Output.Check check) throws IOException {
        Path shown = Path.of("").toAbsolutePath().relativize(file.toAbsolutePath());
        String name = shown.startsWith("..") ? file.toString() : shown.toString();
        if (!Files.isRegularFile(file)) {
            out.print("> " + name + "\n");
            out.write(contents);
        } else {
            String diff = Diff.unified(GoText.of(Files.readAllBytes(file)), GoText.of(contents));
            out.print((diff.isEmpty() ? "= " : "~ ") + name + "\n");
            out.write(GoText.bytes(diff));
        }
        out.flush();
        return false;
    }
}
