package muster.scheduler.job;

/** The blocks of a job file that say how it is rolled out, run again, moved, launched and scaled. */
final class PolicyStanzas {
    private PolicyStanzas() {}

    static Stanza update() {
        return Stanza.of()
                .duration("stagger", "Stagger", "min_healthy_time", "MinHealthyTime")
                .duration("healthy_deadline", "HealthyDeadline", "progress_deadline", "ProgressDeadline")
                .number("max_parallel", "MaxParallel", "canary", "Canary")
                .text("health_check", "HealthCheck")
                .bool("auto_revert", "AutoRevert", "auto_promote", "AutoPromote");
    }

    static Stanza periodic() {
        return Stanza.of()
                .bool("enabled", "Enabled", "prohibit_overlap", "ProhibitOverlap")
                .text("cron", "Spec", "time_zone", "TimeZone")
                .texts("crons", "Specs")
                .finishedBy(periodic -> {
                    if (periodic.containsKey("Spec") || periodic.containsKey("Specs")) {
                        periodic.put("SpecType", "cron");
                    }
                });
    }

    static Stanza parameterized() {
        return Stanza.of()
                .text("payload", "Payload")
                .texts("meta_required", "MetaRequired", "meta_optional", "MetaOptional");
    }

    static Stanza reschedule() {
        return Stanza.of()
                .number("attempts", "Attempts")
                .duration("interval", "Interval", "delay", "Delay", "max_delay", "MaxDelay")
                .text("delay_function", "DelayFunction")
                .bool("unlimited", "Unlimited");
    }

    static Stanza restart() {
        return Stanza.of()
                .number("attempts", "Attempts")
                .duration("interval", "Interval", "delay", "Delay")
                .text("mode", "Mode")
                .bool("render_templates", "RenderTemplates");
    }

    static Stanza migrate() {
        return Stanza.of()
                .number("max_parallel", "MaxParallel")
                .text("health_check", "HealthCheck")
                .duration("min_healthy_time", "MinHealthyTime", "healthy_deadline", "HealthyDeadline");
    }

    static Stanza scaling() {
        return Stanza.of()
                .number("min", "Min", "max", "Max")
                .text("type", "Type")
                .bool("enabled", "Enabled")
                .free("policy", "Policy");
    }

    static Stanza multiregion() {
        return Stanza.of()
                .one("strategy", "Strategy",
                        Stanza.of().number("max_parallel", "MaxParallel").text("on_failure", "OnFailure"))
                .labelled("region", "Regions", "Name", Stanza.of()
                        .number("count", "Count")
                        .texts("datacenters", "Datacenters")
                        .textMap("meta", "Meta"));
    }
}
