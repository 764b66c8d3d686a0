package dev.migrator.maven;

import dev.migrator.cli.EmbeddedCommand;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** A goal that is run for what it prints: not into the log, so that {@code mvn -q} leaves that alone. */
abstract class ReportMojo extends AbstractMigratorMojo {

    /**
     * The file into which to print, in UTF-8; a relative one begins at the project's folder, or without a project at the
     * current one. Folders are made. What is in the file is replaced, unless the goal fails before it has printed anything.
     * Left out: standard output, on which Maven may put codes of colour before and after it.
     */
    @Parameter(property = "migrator.outputFile")
    private @Nullable File outputFile;

    /** Whether programs read it, for which nothing is reworded. */
    boolean isForPrograms() {
        return false;
    }

    @Override
    PrintWriter output() throws MojoFailureException {
        PrintWriter out = outputFile == null ? EmbeddedCommand.standardOut() : file(outputFile.toPath());
        return isForPrograms() ? out : new RewordedWriter(out);
    }

    private static PrintWriter file(Path file) throws MojoFailureException {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return new PrintWriter(new ReplacedFile(file), false, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new MojoFailureException("Can't write to the parameter outputFile: " + e + ". Nothing was done.", e);
        }
    }

    @Override
    void finish(PrintWriter out) throws MojoExecutionException {
        boolean lost = out.checkError();
        if (outputFile != null) {
            out.close();
        } else {
            lost |= System.out.checkError();
        }
        if (lost || out.checkError()) {
            throw new MojoExecutionException(
                    "The output could not be written: is the disk full, or the reader gone? Nothing was changed.");
        }
    }
}
