package muster.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server refuses in a job, and in which words. */
class JobFaultsTest {
    /** @param job, group and task: what stands in each besides the least */
    record Case(String job, String group, String task, String fault) {
        @Override
        public String toString() {
            return fault;
        }
    }

    private static Case group(String group, String fault) {
        return new Case("", group, "", fault);
    }

    private static Case task(String task, String fault) {
        return new Case("", "", task, fault);
    }

    private static Case check(String check, String fault) {
        return group("service {\nname = \"s\"\nport = \"http\"\ncheck {\nname = \"c\"\n" + check + "\n}\n}", "Check c invalid: " + fault);
    }

    static List<Case> cases() {
        String timed = "interval = \"10s\"\ntimeout = \"2s\"\n";
        return List.of(
                group("migrate {\nmax_parallel = -1\n}", "MaxParallel must be >= 0 but found -1"),
                group("migrate {\nhealth_check = \"manual\"\n}", "Invalid HealthCheck: \"manual\""),
                group("migrate {\nmin_healthy_time = \"10m\"\n}", "MinHealthyTime must be less than HealthyDeadline"),
                group("volume \"v\" {\ntype = \"nfs\"\n}", "Volume v has unrecognised type nfs"),
                group("volume \"v\" {\ntype = \"host\"\n}", "Volume v has an empty source"),
                group("restart {\nattempts = 0\nmode = \"delay\"\n}", "Restart policy \"delay\" with 0 attempts is ambiguous"),
                group("scaling {\nmin = 2\nmax = 1\n}", "Scaling policy invalid: maximum count must not be less than minimum count"),
                group("service {\nname = \"a b\"\n}", "Service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes"
                        + " and must be no longer than 63 characters: \"a b\""),
                group("service {\nname = \"s\"\nport = \"http\"\n}\nservice {\nname = \"s\"\nport = \"http\"\n}", "Service s is duplicate"),
                group("service {\nname = \"s\"\non_update = \"x\"\n}",
                        "Service on_update must be \"require_healthy\", \"ignore_warnings\", or \"ignore\"; not \"x\""),
                group("service {\nname = \"s\"\ncheck {\nname = \"c\"\ntype = \"script\"\ncommand = \"x\"\n" + timed + "}\n}",
                        "Service [g]->s or Check c must specify task parameter"),
                group("network {\nmode = \"host\"\n}\nservice {\nname = \"s\"\nport = \"80\"\nconnect {\nsidecar_service { }\n}\n}",
                        "Consul Connect sidecar requires bridge network, found \"host\" in group \"g\""),
                group("service {\nname = \"s\"\nport = \"80\"\nconnect {\nsidecar_service { }\n}\n}",
                        "Consul Connect sidecars require exactly 1 network, found 0 in group \"g\""),
                group("service {\nname = \"s\"\nport = \"80\"\nconnect { }\n}",
                        "Consul Connect must be exclusively native, make use of a sidecar, or represent a Gateway"),
                check("type = \"ping\"\n" + timed, "invalid type (\"ping\"), must be one of \"http\", \"tcp\", or \"script\" type"),
                check("type = \"http\"\npath = \"http://x/\"\n" + timed, "http type must have a relative http path"),
                check("type = \"tcp\"\naddress_mode = \"auto\"\n" + timed, "invalid address_mode \"auto\" - auto only valid for services"),
                check("type = \"tcp\"\nexpose = true\n" + timed, "expose may only be set on HTTP or gRPC checks"),
                check("type = \"tcp\"\nsuccess_before_passing = -1\n" + timed, "success_before_passing must be non-negative"),
                check("type = \"script\"\ncommand = \"x\"\ntask = \"t\"\nfailures_before_critical = 2\n" + timed,
                        "failures_before_critical not supported for check of type \"script\""),
                task("kill_timeout = \"-1s\"", "KillTimeout must be a positive value"),
                task("dispatch_payload {\nfile = \"../../../x\"\n}", "Dispatch Payload validation failed: destination escapes allocation directory"),
                task("template {\ndata = \"x\"\ndestination = \"x\"\nperms = \"77777\"\n}",
                        "Failed to parse \"77777\" as octal: strconv.ParseUint: parsing \"77777\": value out of range"),
                task("volume_mount {\nvolume = \"v\"\npropagation_mode = \"x\"\n}", "Volume Mount (0) has an invalid propagation mode: \"x\""),
                task("csi_plugin {\nid = \"x\"\ntype = \"y\"\n}", "CSIPluginConfig PluginType must be one of 'node', 'controller', or 'monolith', got: \"y\""),
                task("resources {\ndevice \"gpu\" {\nconstraint {\ndistinct_hosts = true\n}\n}\n}",
                        "device 1 failed validation: 1 error occurred:\n\t* Constraint 1 validation failed: using unsupported operand \"distinct_hosts\""),
                task("artifact {\nsource = \"x\"\noptions {\nchecksum = \"md5:a:b\"\n}\n}", "checksum must be given as \"type:value\"; got \"md5:a:b\""),
                task("service {\nname = \"s\"\nport = \"nope\"\n}", "port label \"nope\" referenced by services s does not exist"),
                task("service {\nname = \"s\"\naddress_mode = \"alloc\"\n}",
                        "service \"s\" cannot use address_mode=\"alloc\", only services defined in a \"group\" block can use this mode"),
                task("service {\nname = \"s\"\nport = \"http\"\ncheck {\nname = \"c\"\ntype = \"tcp\"\nport = \"8080\"\n" + timed + "}\n}",
                        "check \"c\" cannot use a numeric port 8080 without setting address_mode=\"driver\""),
                task("action \"a b\" {\ncommand = \"x\"\n}", "Action name \"a b\" must match regex ^[a-zA-Z0-9-]{1,128}$"),
                new Case("constraint {\nattribute = \"x\"\nset_contains = \"\"\n}", "", "", "Set contains constraint requires an RTarget"),
                new Case("constraint {\nattribute = \"x\"\noperator = \"is_set\"\nvalue = \"y\"\n}", "", "", "Operator \"is_set\" does not support an RTarget"),
                new Case("constraint {\nattribute = \"x\"\noperator = \"is\"\n}", "", "", "Operator \"is\" requires an RTarget"),
                new Case("constraint {\nvalue = \"x\"\n}", "", "", "No LTarget provided but is required by constraint"),
                new Case("affinity {\nattribute = \"x\"\noperator = \"~\"\nvalue = \"y\"\n}", "", "", "Unknown affinity operator \"~\""),
                new Case("affinity {\nvalue = \"y\"\n}", "", "", "No LTarget provided but is required"),
                new Case("affinity {\nattribute = \"x\"\nversion = \"abc\"\n}", "", "", "Version affinity is invalid: Malformed constraint: abc"),
                new Case("type = \"batch\"\nparameterized {\nmeta_required = [\"a\", \"b\"]\nmeta_optional = [\"a\", \"b\"]\n}", "", "",
                        "Required and optional meta keys should be disjoint. Following keys exist in both: [a b]"),
                new Case("type = \"batch\"\nperiodic {\ncron = \"61 * * * *\"\n}", "", "", "Invalid cron spec \"61 * * * *\": syntax error in minute field: '61'"),
                new Case("type = \"batch\"\nperiodic {\ncrons = [\"0 * * * *\", \"x * * * *\"]\n}", "", "",
                        "Invalid cron spec \"x * * * *\": syntax error in minute field: 'x'"),
                new Case("type = \"batch\"\nperiodic {\ncron = \"@daily\"\ncrons = [\"@hourly\"]\n}", "", "", "Only cron or crons may be used"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aFaultIsNamed(Case c) {
        String file = "job \"j\" {\ndatacenters = [\"dc1\"]\n" + c.job() + "\ngroup \"g\" {\n" + c.group() + "\ntask \"t\" {\ndriver = \"raw_exec\"\n" + c.task() + "\n}\n}\n}\n";
        JobFile.Parsed parsed = JobFile.parse("f", file, JobVariables.none(), Map.of());

        assertThat(parsed.errorText()).isEmpty();
        assertThat(JobValidation.check(Canonical.server(parsed.job().orElseThrow())).errorText()).contains("* " + c.fault() + "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "* * * * *            |",
        "*/5 1-3,7 ? jan mon-fri |",
        "0 0 L * 5#2          |",
        "0 0 15W * * 2030     |",
        "0 */5 * * * * *      |",
        "0 0 1 1 * * 2030 x   |",
        "@daily               |",
        "@every 5m            | missing field(s)",
        "* * * *              | missing field(s)",
        "* 24 * * *           | syntax error in hour field: '24'",
        "* * 32 * *           | syntax error in day-of-month field: '32'",
        "* * * foo *          | syntax error in month field: 'foo'",
        "* * * * 8            | syntax error in day-of-week field: '8'",
        "*/0 * * * *          | invalid interval */0",
        "*/99 * * * *         | invalid interval */99"})
    void aScheduleIsReadFieldByField(String schedule, String fault) {
        assertThat(CronFields.fault(schedule)).isEqualTo(fault == null ? "" : fault);
    }
}
