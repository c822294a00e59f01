using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>A few lines of a user's program, and what the compiler says to them: the language of net10.0, in safe code.</summary>
internal static class Snippet
{
    /// <summary>What the SDK imports into every file of a project with implicit usings.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp14, DocumentationMode.None);

    /// <summary>The framework that the tests run on, and the engine; nothing else that happens to lie beside the tests.</summary>
    private static readonly Lazy<MetadataReference[]> s_references = new(static () =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(MbufArena).Assembly.Location),
    ]);

    public static void Compiles(string members) => Assert.That(ErrorsOf(members), Is.Empty);

    /// <summary>The compiler refuses with exactly these errors, each of them once or for several places.</summary>
    public static void IsRefused(string[] errors, string members)
    {
        Diagnostic[] found = ErrorsOf(members);
        Assert.That(
            found.Select(static diagnostic => diagnostic.Id).Distinct(),
            Is.EquivalentTo(errors),
            string.Join('\n', (IEnumerable<Diagnostic>)found));
    }

    public static CSharpCompilation Compile(string program, OutputKind kind) => CSharpCompilation.Create(
        "Snippet",
        [CSharpSyntaxTree.ParseText(ImplicitUsings, s_language), CSharpSyntaxTree.ParseText(program, s_language)],
        s_references.Value,
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));

    private static Diagnostic[] ErrorsOf(string members)
    {
        string program = $$"""
            using Engine.Mbufs;
            using Engine.Mbufs.Wire;

            public static class Program
            {
            {{members}}
            }
            """;

        // What crosses an await or a yield is only found when code is generated.
        return [.. Compile(program, OutputKind.DynamicallyLinkedLibrary).Emit(Stream.Null).Diagnostics
            .Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
    }
}
