using NUnit.Framework;

using static Engine.Mbufs.Tests.Contracts.CompilerError;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Safe code neither attaches memory by its address nor learns where any lies.</summary>
[Category("Contracts")]
public sealed class DangerousMemoryTests
{
    /// <summary>The start of a description that safe code may write.</summary>
    private const string Labels = "Size = 64, Type = MbufExternalType.Disposable";

    [Test]
    public void Memory_is_not_described_for_attaching() => Snippet.IsRefused([NotUnsafe], $$"""
        static bool Attach(MbufChain packet, nint address)
            => packet.DangerousTryAttachExternal(new MbufExternalStorage { Address = (void*)address, {{Labels}} }, 64);
        """);

    [Test]
    public void An_address_is_not_a_number() => Snippet.IsRefused([NotAnAddress], $$"""
        static MbufExternalStorage Describe(nint address) => new() { Address = address, {{Labels}} };
        """);

    [Test]
    public void A_counter_is_not_given() => Snippet.IsRefused([NotUnsafe], $$"""
        static MbufExternalStorage Describe(nint address) => new() { Counter = (int*)address, {{Labels}} };
        """);

    [Test]
    public void What_a_packet_refers_to_is_not_read_as_an_address([Values("Address", "Counter", "Routine")] string member)
        => Snippet.IsRefused([NotUnsafe], $$"""
        static bool IsNull(MbufChain packet)
            => packet.DangerousTryGetExternal(out MbufExternalStorage storage) && storage.{{member}} is null;
        """);

    [Test]
    public void Its_size_and_type_are() => Snippet.Compiles("""
        static bool IsCluster(MbufChain packet)
            => packet.DangerousTryGetExternal(out MbufExternalStorage storage) && storage.Type == MbufExternalType.Cluster && storage.Size > 2048;
        """);
}
