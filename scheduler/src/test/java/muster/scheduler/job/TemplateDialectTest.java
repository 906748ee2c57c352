package muster.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateDialectTest {
    private static JobFile.Parsed parse(String attribute) {
        return JobFile.parse("job.hcl", """
                job "j" {
                  datacenters = ["dc1"]
                  group "g" {
                    task "t" {
                      driver = "raw_exec"
                      config {
                        command = "true"
                      }
                      template {
                        data        = "x"
                        destination = "local/x"
                        %s
                      }
                    }
                  }
                }
                """.formatted(attribute), JobVariables.none(), Map.of());
    }

    @Test
    void aJobThatNamesNoDialectHasNoSuchKey() {
        Job job = Canonical.server(parse("").job().orElseThrow());
        assertThat(Json.text(job)).doesNotContain("Dialect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"go", "mustache"})
    void aNamedDialectIsKept(String dialect) {
        Job job = Canonical.server(parse("dialect = \"" + dialect + "\"").job().orElseThrow());
        assertThat(job.taskGroups().getFirst().tasks().getFirst().templates().getFirst().dialect()).isEqualTo(dialect);
        assertThat(JobValidation.check(job).errors()).isEmpty();
    }

    @Test
    void anUnknownDialectIsNamedWithThoseThereAre() {
        Job job = Canonical.server(parse("dialect = \"jinja\"").job().orElseThrow());
        assertThat(JobValidation.check(job).errorText())
                .contains("Invalid template dialect \"jinja\". Must be one of the following: go, mustache");
    }
}
