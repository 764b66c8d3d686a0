package dev.migrator.maven;

import dev.migrator.cli.EmbeddedCommand;
import dev.migrator.cli.Ending;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/** What all goals share: the connection's parameters, and how a goal runs the command of its name. */
abstract class AbstractMigratorMojo extends AbstractMojo {
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("[?&](?:ssl)?password=", Pattern.CASE_INSENSITIVE);

    private static final Pattern USER_IN_URL = Pattern.compile("[?&]user=", Pattern.CASE_INSENSITIVE);

    /**
     * The database: {@code jdbc:postgresql://HOST:PORT/DATABASE}, without a user and without a password. Left out: the
     * environment variable {@code MIGRATOR_URL}.
     */
    @Parameter(property = "migrator.url")
    private @Nullable String url;

    /**
     * The same database without a pooler (PgBouncer) between, for what needs a session of its own, such as index builds.
     * Left out: the same as {@code url}.
     */
    @Parameter(property = "migrator.directUrl")
    private @Nullable String directUrl;

    /**
     * The role, which owns the tables. Left out: the user name of the server {@code serverId}, or else the environment
     * variable {@code MIGRATOR_USER}. There is no parameter for its password: that comes from the server {@code serverId},
     * or else from the environment variable {@code MIGRATOR_PASSWORD}, or else from {@code ~/.pgpass}.
     */
    @Parameter(property = "migrator.user")
    private @Nullable String user;

    /**
     * The id of the {@code <server>} of {@code settings.xml} whose {@code <username>} and {@code <password>} are those of the
     * role; a password that {@code mvn --encrypt-password} has encrypted is decrypted. Left out: none is looked at.
     */
    @Parameter(property = "migrator.serverId")
    private @Nullable String serverId;

    /** The folder with the migration files; a relative one begins at the project's folder, or without a project at the current one. */
    @Parameter(property = "migrator.migrations", defaultValue = "db/migrator")
    private File migrations = new File("db/migrator");

    /** The schema of the migrator's own tables. */
    @Parameter(property = "migrator.stateSchema", defaultValue = "migrator")
    private String stateSchema = "migrator";

    /** Whether to do nothing. */
    @Parameter(property = "migrator.skip", defaultValue = "false")
    private boolean skip;

    @Parameter(defaultValue = "${settings}", readonly = true, required = true)
    private Settings settings = new Settings();

    @Inject
    private @Nullable SettingsDecrypter decrypter;

    /** The command of this goal's name, with this goal's own parameters. */
    abstract Arguments arguments() throws MojoFailureException;

    /** Who reads what the command prints. */
    abstract PrintWriter output() throws MojoFailureException;

    /**
     * What it means that the command ended at a gate, or paused.
     *
     * @throws MojoFailureException if the build is to end here
     */
    void stopped(Ending ending) throws MojoFailureException {
        getLog().debug("ended " + ending);
    }

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("Skipped (migrator.skip).");
            return;
        }
        Arguments arguments = arguments();
        Map<String, String> environment = environment();
        connection(arguments);
        MavenLogging.quiet(getLog());
        StringWriter errors = new StringWriter();
        PrintWriter out = output();
        PrintWriter progress = LineWriter.to(getLog()::info);
        Ending ending = new EmbeddedCommand(environment, progress).run(out, new PrintWriter(errors), arguments.all());
        progress.close();
        try {
            conclude(ending, Wording.ofMessage(errors.toString().strip()));
        } catch (MojoExecutionException | MojoFailureException e) {
            // What went wrong is to be heard, not that its output was lost, too.
            try {
                finish(out);
            } catch (MojoExecutionException lost) {
                e.addSuppressed(lost);
            }
            throw e;
        }
        finish(out);
    }

    /** Ends what the command printed. */
    void finish(PrintWriter out) throws MojoExecutionException {
        out.close();
    }

    private void connection(Arguments arguments) throws MojoFailureException {
        check("url", url);
        check("directUrl", directUrl);
        arguments
                .option("url", url)
                .option("direct-url", directUrl)
                .option("user", user)
                .option("migrations", migrations.getPath())
                .option("state-schema", stateSchema);
    }

    /** Maven shows each parameter of a goal with -X. */
    private static void check(String parameter, @Nullable String value) throws MojoFailureException {
        if (value != null && PASSWORD_IN_URL.matcher(value).find()) {
            throw new MojoFailureException(
                    "The parameter " + parameter + " holds a password, which Maven would show with -X."
                            + " Take it out: it belongs to a server of settings.xml (-Dmigrator.serverId), to the environment"
                            + " variable MIGRATOR_PASSWORD or to ~/.pgpass. Nothing was done.");
        }
        if (value != null && USER_IN_URL.matcher(value).find()) {
            throw new MojoFailureException(
                    "The parameter " + parameter + " holds a user, who would go before the parameter user"
                            + " and before the server of settings.xml, and be given that one's password. Take it out: the role belongs"
                            + " to the parameter user (-Dmigrator.user) or to the server. Nothing was done.");
        }
    }

    private Map<String, String> environment() throws MojoFailureException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (serverId != null && !serverId.isBlank()) {
            SettingsDecrypter injected = Objects.requireNonNull(decrypter, "Maven has injected no SettingsDecrypter");
            Credentials credentials = new Servers(settings, injected).credentials(serverId);
            if (user != null && !user.isBlank()) {
                credentials.check(user);
            }
            credentials.into(environment);
        }
        return environment;
    }

    private void conclude(Ending ending, String message) throws MojoExecutionException, MojoFailureException {
        switch (ending) {
            case FAILED -> throw new MojoExecutionException(orElse(message, ending));
            case REFUSED, WRONG_USAGE -> throw new MojoFailureException(orElse(message, ending));
            case WAITING, PAUSED, DONE -> {
                message.lines().forEach(getLog()::warn);
                if (ending != Ending.DONE) {
                    stopped(ending);
                }
            }
        }
    }

    private static String orElse(String message, Ending ending) {
        return Optional.of(message)
                .filter(text -> !text.isEmpty())
                .orElseGet(() -> "The goal ended " + ending.name().toLowerCase(Locale.ROOT));
    }
}
