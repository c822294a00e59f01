using System.Net;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>Wrong calls and starts that fail: one line that says what is wrong, an exit code, and nothing left behind.</summary>
[Platform("Linux", Reason = NeedsEpoll)]
public sealed class CommandLineTests : ProxyFixture
{
    private const int Failed = 1;
    private const int WronglyCalled = 2;
    private const string Both = "--listen=127.0.0.1:0 --backend=127.0.0.1:1 ";

    [TestCase("--bogus", "--bogus")]
    [TestCase("--max-conections 3", "--max-connections")]
    [TestCase("hello", "hello")]
    [TestCase("-x", "-x")]
    [TestCase("--listen", "--listen needs a value")]
    [TestCase("--listen --json", "--listen needs a value")]
    [TestCase("--seconds=", "--seconds needs a value; write --seconds TIME")]
    [TestCase("--seconds= 1", "--seconds needs a value")]
    [TestCase("@file", "'@file' is not an option")]
    [TestCase("--json=1", "--json takes no value")]
    [TestCase("--workers 1 --workers 2", "--workers is given twice")]
    [TestCase("--listen 127.0.0.1:1", "--listen without --backend")]
    [TestCase("--backend 127.0.0.1:1", "--backend without --listen")]
    public async Task A_wrong_call_is_told_what_is_wrong(string arguments, string about) => await IsWrongAsync(arguments, about);

    [TestCase("--listen=", "--listen needs a value")]
    [TestCase("--listen=x", "'x'")]
    [TestCase("--listen=:80", "':80'")]
    [TestCase("--listen=127.0.0.1:", "a port is a number from 0 to 65535")]
    [TestCase("--listen=127.0.0.1:99999", "a port is a number from 0 to 65535")]
    [TestCase("--listen=127.0.0.1:-1", "a port is a number from 0 to 65535")]
    [TestCase("--listen=127.0.0.1:http", "a port is a number from 0 to 65535")]
    [TestCase("--listen=300.1.1.1:80", "IPv4")]
    [TestCase("--listen=1.2.3:80", "IPv4")]
    [TestCase("--listen=::1:80", "brackets")]
    [TestCase("--listen=[::1:80", "brackets")]
    [TestCase("--listen=[zz]:80", "no IPv6 address")]
    [TestCase("--listen=[127.0.0.1]:80", "no IPv6 address")]
    [TestCase("--listen=a/b:80", "host name")]
    [TestCase("--backend=127.0.0.1:0", "a port is a number from 1 to 65535")]
    public async Task A_malformed_address_is_told_what_is_wrong(string arguments, string about)
        => await IsWrongAsync(arguments, about);

    [TestCase("--workers=0")]
    [TestCase("--workers=257")]
    [TestCase("--workers=-1")]
    [TestCase("--workers=two")]
    [TestCase("--max-connections=0")]
    [TestCase("--max-connections=1e9")]
    [TestCase("--max-connections=2000000")]
    [TestCase("--mbufs=0")]
    [TestCase("--mbufs=15")]
    [TestCase("--mbufs=99999999999999999999")]
    [TestCase("--clusters=-5")]
    [TestCase("--clusters=1000000000")]
    [TestCase("--high-water=0")]
    [TestCase("--high-water=9999m")]
    [TestCase("--high-water=99999999999999999m")]
    [TestCase("--high-water=k")]
    [TestCase("--connect-timeout=0")]
    [TestCase("--connect-timeout=abc")]
    [TestCase("--idle-timeout=0")]
    [TestCase("--idle-timeout=1000h")]
    [TestCase("--drain-timeout=-1")]
    [TestCase("--proxy-protocol=v3")]
    [TestCase("--seconds=0")]
    [TestCase("--seconds=nan")]
    [TestCase("--seconds=1e9")]
    public async Task A_limit_of_zero_or_of_absurd_size_is_told_what_is_possible(string argument)
    {
        string[] parts = argument.Split('=');
        await IsWrongAsync(Both + argument, $"{parts[0]}: '{parts[1]}' is not ");
    }

    [Test]
    public async Task A_port_in_use_is_a_failure_and_its_owner_notices_nothing()
    {
        using Origin owner = NewOrigin();
        ProxyProcess proxy = Launch("--listen", owner.Address, "--backend", "127.0.0.1:1");
        (await proxy.EndsAsync(Patience)).IsComplaint(Failed, owner.Address);

        using Peer client = await Peer.ConnectAsync(IPEndPoint.Parse(owner.Address), Patience);
        using Peer server = await owner.AcceptAsync();
        await ExchangeAsync(client, server);
    }

    [Test]
    public async Task A_second_proxy_does_not_take_the_port_of_the_first()
    {
        Origin origin = NewOrigin();
        ProxyProcess first = await StartAsync(origin);
        ProxyProcess second = Launch("--listen", first.Address.ToString(), "--backend", "127.0.0.1:1");
        (await second.EndsAsync(Patience)).IsComplaint(Failed, first.Address.ToString());
        for (int i = 0; i < 10; i++)
        {
            (Peer client, Peer server) = await ConnectAsync(first, origin);
            await ExchangeAsync(client, server);
        }

        ProxyFigures figures = await EndAsync(first);
        Assert.That((figures.Connections, figures.Refused), Is.EqualTo((10, 0)));
    }

    [Test]
    public async Task An_address_that_is_not_this_machines_is_a_failure()
    {
        ProxyProcess proxy = Launch("--listen", "192.0.2.1:8080", "--backend", "127.0.0.1:1");
        (await proxy.EndsAsync(Patience)).IsComplaint(Failed, "192.0.2.1:8080");
    }

    /// <summary>A name that no resolver asks the network about: it is longer than names can be.</summary>
    [Test]
    public async Task A_name_that_does_not_resolve_is_a_failure()
    {
        string name = new('a', 64);
        ProxyProcess proxy = Launch("--listen", "127.0.0.1:0", "--backend", name + ".invalid:80");
        (await proxy.EndsAsync(Patience)).IsComplaint(Failed, name);
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("--help --listen 127.0.0.1:1")]
    [TestCase("--workers 0 --help --bogus")]
    public async Task Help_lists_every_option(string arguments)
    {
        ProxyEnd end = await Launch(arguments.Split(' ')).EndsAsync(Patience);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(end.ExitCode, Is.Zero);
            Assert.That(end.Errors, Is.Empty);
            foreach (string option in new[]
            {
                "--listen", "--backend", "--workers", "--max-connections", "--mbufs", "--clusters", "--high-water",
                "--connect-timeout", "--idle-timeout", "--drain-timeout", "--proxy-protocol", "--json", "--seconds", "--help",
            })
            {
                Assert.That(end.Output, Does.Match($"\n  (-[?], -h, )?{option} "));
            }
        }
    }

    private async Task IsWrongAsync(string arguments, string about)
    {
        ProxyProcess proxy = Launch(arguments.Split(' '));
        (await proxy.EndsAsync(Patience)).IsComplaint(WronglyCalled, about);
    }
}
