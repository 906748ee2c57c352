package muster.cli;

import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job validate}. */
final class JobValidate {
    static final Command COMMAND = new Command("job validate", "Checks if a given job specification is valid", """
            Usage: nomad job validate [options] <path>

              Checks a job file, with the drivers' help when a server can be reached.

            Validate Options:

            """ + JobSource.HELP.stripTrailing(), JobValidate::run);

    private JobValidate() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = JobSource.flags(NomadApi.flags()).parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <path>", "job validate");
        }
        Doc job;
        try {
            job = JobSource.job(console, flags, flags.rest().getFirst());
        } catch (JobSource.Refused e) {
            return console.fail(e.getMessage());
        }
        String error;
        String warnings;
        try {
            Doc answer = NomadApi.api(flags, console)
                    .send("PUT", JobSource.target("/v1/validate/job", flags, console, job), Map.of("Job", job.value()));
            error = answer.text("Error");
            warnings = answer.text("Warnings");
            if (!answer.is("DriverConfigValidated")) {
                console.out().println("Driver configuration not validated since connection to Nomad agent couldn't be established.\n");
            }
        } catch (ApiException e) {
            if (e.status() != 0) {
                return console.fail("Error validating job: " + e.getMessage());
            }
            console.out().println("Driver configuration not validated since connection to Nomad agent couldn't be established.\n");
            error = JobSource.errors(job);
            // Without a server the original counts its own warnings also where there are none.
            warnings = JobSource.warnings(job).isEmpty() ? "0 warning(s):\n" : JobSource.warnings(job);
        }
        if (!error.isEmpty()) {
            return console.fail("Job validation errors:\n" + error);
        }
        if (!warnings.isEmpty()) {
            console.out().println("Job Warnings:\n" + warnings + "\n");
        }
        console.out().println("Job validation successful");
        return 0;
    }
}
