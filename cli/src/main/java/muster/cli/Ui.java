package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code ui}: says where the web pages are. Nothing is opened: a command that runs a program of its own choice surprises. */
final class Ui {
    static final Command COMMAND = new Command("ui", "Open the Nomad Web UI", """
            Usage: nomad ui [options] <identifier>

              Prints the address of the web pages, or of the page of one job.""", Ui::run);

    private Ui() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes no or one optional argument, [<identifier>]", "ui");
        }
        String page = flags.rest().isEmpty() ? "" : "/ui/jobs/" + NomadApi.idPath(flags.rest().getFirst());
        console.out().println("Opening URL \"" + NomadApi.api(flags, console).base() + page + "\"");
        return 0;
    }
}
