package muster.template;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import muster.template.config.AgentSettings;
import muster.template.config.Servers;
import muster.template.process.CommandLine;
import muster.template.process.CommandRunner;

/** Runs templates' commands after their files changed. The agent's thread owns it. */
record ChangeCommands(Servers servers, Map<String, String> env, PrintStream out, AgentLog log) {
    /** Equal commands of one pass run once, in the order of the templates; each failure is told and keeps none of the others. */
    void run(List<AgentSettings.Job> changed, BiConsumer<AgentSettings.Job, String> failed) throws InterruptedException {
        Set<CommandLine> done = new LinkedHashSet<>();
        for (AgentSettings.Job job : changed) {
            if (job.command().isEmpty() || !done.add(job.command().get())) {
                continue;
            }
            log.info("(runner) executing command \"" + job.command().get() + "\" from \"" + job.spec().sourceName() + "\" => \""
                    + job.spec().destination() + "\"");
            CommandRunner.Result result = new CommandRunner(job.environment().of(environment()), out).run(job.command().get(), job.commandTimeout());
            if (result instanceof CommandRunner.Result.Failed why) {
                failed.accept(job, why.why());
            }
        }
    }

    /** Ours, and where the registry is, as the original passes it on. */
    Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>(env);
        Servers.Consul consul = servers.consul();
        variables.put("CONSUL_HTTP_ADDR", consul.address());
        if (!consul.token().isEmpty()) {
            variables.put("CONSUL_HTTP_TOKEN", consul.token());
        }
        servers.vault().ifPresent(vault -> variables.put("VAULT_ADDR", vault.address()));
        return variables;
    }
}
