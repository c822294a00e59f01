using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

using Microsoft.CodeAnalysis;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The package is what a user gets: packed, restored from a folder into a program outside of the tree, and run.</summary>
[Category("Contracts")]
[NonParallelizable]
public sealed class PackageTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private string _folder = "";

    [OneTimeSetUp]
    public void Pack()
    {
        _folder = Directory.CreateTempSubdirectory("package-").FullName;
        if (!HasSdk())
        {
            Assert.Ignore("Packing needs the SDK of .NET, and there is none here.");
        }

        Dotnet(Repository.Root, "pack", "Engine/Engine.csproj", "-c", Configuration, "--no-build", "-o", Path.Combine(_folder, "feed"));
    }

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_program_outside_of_the_tree_restores_it_and_runs_the_readmes_sample()
    {
        string program = Directory.CreateDirectory(Path.Combine(_folder, "program")).FullName;
        string sample = Regex.Match(Repository.Read("README.md"), @"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups["code"].Value;
        File.Copy(Path.Combine(Repository.Root, "global.json"), Path.Combine(program, "global.json"));
        File.WriteAllText(Path.Combine(program, "Program.cs"), sample);

        // A type of this name was an error as long as the assembly had it.
        File.WriteAllText(Path.Combine(program, "Engine.cs"), """
            using Engine.Mbufs;
            namespace Garage { class Engine { public MbufArena? Arena { get; set; } } class Car { Engine engine = new(); } }
            """);
        File.WriteAllText(Path.Combine(program, "nuget.config"), """
            <configuration><packageSources><clear /><add key="feed" value="../feed" /></packageSources></configuration>
            """);
        File.WriteAllText(Path.Combine(program, "program.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Engine.Mbufs" Version="0.1.0" /></ItemGroup>
            </Project>
            """);

        Assert.That(Dotnet(program, "run"), Does.Contain("packet of 13 bytes (header says 13) in 1 segment"));
    }

    [Test]
    public void It_holds_what_a_browser_of_packages_shows_and_no_link_that_leads_nowhere()
    {
        using ZipArchive package = Open("nupkg");
        string[] names = [.. package.Entries.Select(static entry => entry.FullName)];
        Assert.That(names, Is.SupersetOf(new[]
        {
            "README.md", "CHANGELOG.md", "icon.png", "lib/net10.0/Engine.Mbufs.dll", "lib/net10.0/Engine.Mbufs.xml",
        }));

        XElement metadata = XElement.Load(Entry(package, "Engine.Mbufs.nuspec")).Elements().First();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.That((Value("icon"), Value("readme"), Value("license")), Is.EqualTo(("icon.png", "README.md", "MIT")));
        Assert.That(Value("releaseNotes"), Does.StartWith("# Changelog"));

        string readme = new StreamReader(Entry(package, "README.md")).ReadToEnd();
        Assert.That(readme, Does.Contain("dotnet add package Engine.Mbufs"));
        Assert.That(Regex.Matches(readme, @"\]\((?!https?://|#)").Select(static match => match.Value), Is.Empty);
        Assert.That(Open("snupkg").Entries.Select(static entry => entry.Name), Does.Contain("Engine.Mbufs.pdb"));
    }

    /// <summary>The comments of internal members are for who works on the engine.</summary>
    [Test]
    public void Its_documentation_is_that_of_all_public_members_and_of_no_other()
    {
        using ZipArchive package = Open("nupkg");
        HashSet<string> shipped = [.. XDocument.Load(Entry(package, "lib/net10.0/Engine.Mbufs.xml")).Descendants("member")
            .Select(static member => (string)member.Attribute("name")!)];
        ISymbol[] symbols = [.. PublicSurface.Types.Concat(PublicSurface.Members)];
        HashSet<string> visible = [.. symbols.Select(static symbol => symbol.GetDocumentationCommentId()!)];

        // What the compiler makes of an extension block, and of a record, has names of its own.
        Assert.That(shipped.Where(name => !visible.Contains(name) && !name.Contains("<M>", StringComparison.Ordinal)), Is.Empty);
        Assert.That(
            symbols.Where(static symbol => !PublicSurface.IsGenerated(symbol) && !PublicSurface.IsPositional(symbol))
                .Select(static symbol => symbol.GetDocumentationCommentId()!).Where(name => !shipped.Contains(name)),
            Is.Empty);
    }

    private ZipArchive Open(string extension) => ZipFile.OpenRead(Path.Combine(_folder, "feed", $"Engine.Mbufs.0.1.0.{extension}"));

    private static Stream Entry(ZipArchive package, string name)
        => package.GetEntry(name)?.Open() ?? throw new AssertionException($"The package has no {name}.");

    private static bool HasSdk()
    {
        try
        {
            return Dotnet(Path.GetTempPath(), "--list-sdks").Length > 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Packages of this version may have been restored before: each run has its own.
        if (folder != Repository.Root)
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(folder, "packages");
        }

        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new AssertionException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{errors.Result}");
    }
}
