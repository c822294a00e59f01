using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

using Engine.Mbufs.Bench.Operations;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>The verb as a program, with the processes that it starts.</summary>
public sealed class VersusProgramTests
{
    private string _path = "";

    [SetUp]
    public void ChooseFile() => _path = Path.Combine(Path.GetTempPath(), $"versus-{Guid.NewGuid():N}.json");

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void A_run_writes_a_table_and_a_file()
    {
        (int code, string output, string errors) = Run(
            "cc", "--only", "alloc-free", "--peer", "arraypool", "--rounds", "1", "--milliseconds", "1", "--json", _path);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((code, errors), Is.EqualTo((0, "")));
            Assert.That(output, Does.Contain("alloc-free"));
        }

        using var document = JsonDocument.Parse(File.ReadAllText(_path));
        JsonElement row = document.RootElement[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(row.GetProperty("peer").GetString(), Is.EqualTo("arraypool"));
            Assert.That(row.GetProperty("engine_ns").GetDouble(), Is.Positive);
            Assert.That(row.GetProperty("peer_ns").GetDouble(), Is.Positive);
            Assert.That(row.GetProperty("engine_managed_bytes").GetDouble(), Is.Zero);
        }
    }

    [Test]
    public void A_missing_peer_is_named_and_its_rows_are_left_out()
    {
        (int code, _, string errors) = Run("no-such-compiler", "--only", "alloc-free", "--peer", "dpdk", "--json", _path);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero);
            Assert.That(errors, Does.StartWith("dpdk is missing"));
            Assert.That(JsonDocument.Parse(File.ReadAllText(_path)).RootElement.GetArrayLength(), Is.Zero);
        }
    }

    [Test]
    public void A_wrong_option_ends_with_its_own_code()
    {
        (int code, _, string errors) = Run("cc", "--only", "nothing");
        Assert.That(code, Is.EqualTo(2));
        Assert.That(errors, Does.StartWith("There is no work 'nothing'"));
    }

    private static (int Code, string Output, string Errors) Run(string compiler, params string[] arguments)
    {
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        var start = new ProcessStartInfo(dotnet, [typeof(Operation).Assembly.Location, "versus", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CC"] = compiler;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
