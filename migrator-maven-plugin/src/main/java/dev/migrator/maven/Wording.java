package dev.migrator.maven;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in Maven's words what the command's messages advise to do: its commands become goals, its options parameters. */
final class Wording {
    private static final Pattern APPROVE = Pattern.compile("migrator approve (\\S+) (\\S+) --by NAME --reason TEXT");
    private static final Pattern HELP = Pattern.compile("migrator (\\w+) --help");
    private static final Pattern COMMAND = Pattern.compile(
            "(?m)\\bmigrator (plan|migrate|status|pause|resume|rollback|history)(?: (?!the |and |or )([\\w.-]*\\w))?(?=[`;:,.)]|$)");
    private static final Pattern OPTION =
            Pattern.compile("--(url|direct-url|user|migrations|state-schema|free-space|to|by|reason|json)\\b(?!-)");
    private static final Pattern PASSWORD = Pattern.compile("MIGRATOR_PASSWORD or ~/\\.pgpass");

    /** The goals that take several migrations, under the name of the parameter that takes them. */
    private static final Map<String, String> KEYS = Map.of("plan", "ids", "migrate", "ids", "status", "ids");

    private Wording() {}

    /** A line of a report: only where it says how to approve, or to go on. */
    static String ofReport(String line) {
        String approved = replace(
                APPROVE,
                line,
                found -> "mvn migrator:approve -Dmigrator.id=" + found.group(1) + " -Dmigrator.phase=" + found.group(2)
                        + " -Dmigrator.by=NAME -Dmigrator.reason=TEXT");
        return replace(COMMAND, approved, Wording::goal)
                .replace("(--free-space tells it)", "(-Dmigrator.freeSpace tells it)");
    }

    /** A message about what is wrong. */
    static String ofMessage(String message) {
        String helped = replace(HELP, message, found -> "mvn migrator:help -Ddetail -Dgoal=" + found.group(1));
        String asked = replace(OPTION, ofReport(helped), found -> "-D" + property(found.group(1)));
        return replace(PASSWORD, asked, found -> "a server of settings.xml (-Dmigrator.serverId), " + found.group())
                .replace("the output of --verbose", "the output of -X");
    }

    private static String goal(MatchResult found) {
        String id = found.group(2);
        return "mvn migrator:" + found.group(1)
                + (id == null ? "" : " -Dmigrator." + KEYS.getOrDefault(found.group(1), "id") + "=" + id);
    }

    /** {@code state-schema} is {@code migrator.stateSchema}. */
    private static String property(String option) {
        return "migrator."
                + replace(Pattern.compile("-(\\w)"), option, found -> found.group(1)
                        .toUpperCase(Locale.ROOT));
    }

    private static String replace(Pattern pattern, String text, Function<MatchResult, String> replacement) {
        return pattern.matcher(text).replaceAll(found -> Matcher.quoteReplacement(replacement.apply(found)));
    }
}
